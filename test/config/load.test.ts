import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveProvider } from "../../src/config/checks.ts";
import { initConfig } from "../../src/config/init.ts";
import { type ConfigFlags, loadConfig } from "../../src/config/load.ts";
import { noLimits } from "../../src/config/sections/keys.ts";
import { showRows } from "../../src/config/show.ts";
import { TmonError } from "../../src/errors.ts";
import { lacks } from "../support/machine.ts";
import { sharedFile } from "../support/shared.ts";
import { directoryWith, failureOf, home, load } from "./harness.ts";

describe.skipIf(lacks("seed"))("the seed's files", () => {
  let { config, warnings, notices } = load();
  beforeAll(() => {
    const configDir = join(home, "seed");
    mkdirSync(configDir);
    for (const name of ["api_keys.yaml", "kafka.yaml", "monitoring.yaml"]) {
      copyFileSync(sharedFile(`seed/${name}`), join(configDir, name));
    }
    ({ config, warnings, notices } = load({ configDir }));
  });
  const listed = (warning: string | undefined, of: string) => {
    const list = new RegExp(`${of}: (.*?)(?:\\. ignored|$)`).exec(warning ?? "")?.[1] ?? "";
    return list
      .replace(/ \([^)]*\)/g, "")
      .split(", ")
      .filter(Boolean)
      .toSorted();
  };
  const warningOf = (name: string) => warnings.find((warning) => warning.includes(name));

  it("load with exactly one warning each", () => {
    expect(warnings).toHaveLength(3);
  });

  it("kafka.yaml: what tmon decides itself and what means nothing is named, and nothing else", () => {
    expect(listed(warningOf("kafka.yaml"), "overridden")).toEqual(
      [
        "kafka.producer.acks",
        "kafka.producer.enable_idempotence",
        "kafka.producer.retries",
        "kafka.consumer.enable_auto_commit",
        "kafka.consumer.auto_offset_reset",
        "kafka.consumer.session_timeout_ms",
        "kafka.consumer.heartbeat_interval_ms",
        "kafka.consumer.isolation_level",
        "kafka.consumer.fetch_max_wait_ms",
        "kafka.admin.default_topic_config.segment_ms",
      ].toSorted(),
    );
    expect(listed(warningOf("kafka.yaml"), "ignored")).toEqual(
      [
        "kafka.producer.linger_ms",
        "kafka.producer.batch_size",
        "kafka.producer.buffer_memory",
        "kafka.consumer.auto_commit_interval_ms",
        "kafka.consumer.fetch_min_bytes",
        "kafka.consumer.max_poll_records",
        "kafka.consumer.max_poll_interval_ms",
        "kafka.connection.connections_max_idle_ms",
        "kafka.connection.reconnect_backoff_ms",
        "kafka.connection.reconnect_backoff_max_ms",
      ].toSorted(),
    );
  });

  it("api_keys.yaml: its Prometheus alone is ignored", () => {
    expect(listed(warningOf("api_keys.yaml"), "overridden")).toEqual([]);
    expect(listed(warningOf("api_keys.yaml"), "ignored")).toEqual([
      "monitoring.prometheus.enabled",
      "monitoring.prometheus.path",
      "monitoring.prometheus.port",
    ]);
  });

  it("monitoring.yaml: Prometheus, Grafana, tracing and profiling are ignored", () => {
    const ignored = listed(warningOf("monitoring.yaml"), "ignored");
    expect(new Set(ignored.map((key) => key.split(".")[0]))).toEqual(
      new Set(["prometheus", "grafana", "tracing", "profiling"]),
    );
    expect(ignored).toContain("prometheus.port");
    expect(listed(warningOf("monitoring.yaml"), "overridden")).toEqual([]);
  });

  it("count where the table says so", () => {
    expect(
      config.keys.map(({ id, enabled, priority, limits: { qps, rpm } }) => ({
        id,
        enabled,
        priority,
        qps,
        rpm,
      })),
    ).toEqual([
      { id: "key_1", enabled: true, priority: 1, qps: 10, rpm: 300 },
      { id: "key_2", enabled: false, priority: 1, qps: 10, rpm: 300 },
      { id: "key_3", enabled: false, priority: 2, qps: 10, rpm: 300 },
    ]);
    expect(config.scheduler).toMatchObject({
      maxConcurrentTasks: 50,
      keyCooldownMs: 60_000,
      retryMaxAttempts: 2,
      timeoutMs: 35_000,
      strategy: "least_loaded",
      globalQpsLimit: 100,
      globalWindowMs: 1000,
      slowCallMs: 3000,
      adaptiveCooldown: { enabled: true, minMs: 10_000, maxMs: 120_000, failureThreshold: 0.2 },
      healthCheck: { enabled: true, intervalMs: 60_000, timeoutMs: 10_000, failureThreshold: 3 },
    });
    expect(config.groups).toEqual({
      generator: "traffic-monitor-generator",
      scheduler: "traffic-monitor-scheduler",
      aggregator: "traffic-monitor-aggregator",
    });
    expect(config.kafka).toMatchObject({
      brokers: ["localhost:9092"],
      compression: "snappy",
      maxRequestBytes: 1_048_576,
    });
    expect(config.monitoring.alerts?.rules?.map(({ name }) => name)).toContain("kafka_lag");
    expect(config.monitoring.alerts?.notification_channels).toHaveLength(4);
  });

  it("choose no bus, and say so", () => {
    expect(config.bus.kind).toBe("embedded");
    expect(notices.join()).toContain("chooses no bus");
  });
});

describe("which bus and store", () => {
  const configDir = directoryWith({ "tmon.yaml": "bus: kafka\nstore: redis\n" });

  it("flags over TMON_BUS over TMON_KAFKA_BROKERS over the file", () => {
    const kinds = (flags: ConfigFlags, env: NodeJS.ProcessEnv) => load(flags, env).config.bus.kind;
    expect(kinds({}, {})).toBe("embedded");
    expect(kinds({ configDir }, {})).toBe("kafka");
    expect(kinds({}, { TMON_KAFKA_BROKERS: "k:9092" })).toBe("kafka");
    expect(kinds({ configDir }, { TMON_BUS: "embedded", TMON_KAFKA_BROKERS: "k:9092" })).toBe("embedded");
    expect(kinds({ bus: "kafka" }, { TMON_BUS: "embedded" })).toBe("kafka");
  });

  it("TMON_REDIS_URL means redis unless told otherwise", () => {
    expect(load({}, { TMON_REDIS_URL: "redis://r" }).config.store.kind).toBe("redis");
    expect(load({}, { TMON_REDIS_URL: "redis://r", TMON_STORE: "embedded" }).config.store.kind).toBe(
      "embedded",
    );
  });

  it("a word that is none of them is refused", () => {
    expect(failureOf({}, { TMON_BUS: "kafak" })).toMatchObject({ code: "TMON_USAGE", exitCode: 2 });
  });
});

describe("the environment", () => {
  it("is enough to run without any file", () => {
    const { config } = load(
      {},
      {
        DASHSCOPE_API_KEYS: "sk-a, sk-b",
        TMON_VLM_BASE_URL: "http://127.0.0.1:8/v1/chat/completions",
        TMON_VLM_MODEL: "m",
      },
    );
    const common = { baseUrl: "http://127.0.0.1:8/v1", model: "m", limits: noLimits };
    const limits = { ...noLimits, rpm: 1_200, tpm: 1_000_000, qps: 20, tps: 1_000_000 / 60 };
    expect(config.keys).toMatchObject([
      { id: "env_1", ...common, account: { id: "environment", limits } },
      { id: "env_2", ...common, account: { id: "environment", limits } },
    ]);
  });

  it("replaces the file's keys", () => {
    const configDir = directoryWith({ "api_keys.yaml": "api_keys: [{ key: sk-file, key_id: file }]\n" });
    expect(load({ configDir }, { DASHSCOPE_API_KEY: "sk-env" }).config.keys.map(({ id }) => id)).toEqual([
      "env_1",
    ]);
  });

  it("fills in ${VARIABLE}; an unset one is named, with its place", () => {
    const configDir = directoryWith({ "tmon.yaml": "vlm:\n  model: ${MODEL}\n" });
    expect(load({ configDir }, { MODEL: "m" }).config.vlm.model).toBe("m");
    const failure = failureOf({ configDir });
    expect(failure.code).toBe("TMON_CONFIG_VARIABLE");
    expect(failure.message).toMatch(/tmon\.yaml:2.*MODEL/);
  });

  it("a key whose variable is unset is left out with one notice, and the others work", () => {
    const configDir = directoryWith({
      "api_keys.yaml":
        "api_keys:\n  - { key: '${NOT_SET}', key_id: one }\n  - { key: sk-two, key_id: two }\n",
    });
    const { config, notices } = load({ configDir });
    expect(config.keys.map(({ id }) => id)).toEqual(["two"]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain("NOT_SET");
  });
});

describe("a configuration directory", () => {
  it("is the first that is there, never merged with another", () => {
    const named = directoryWith({ "tmon.yaml": "drain: 1s\n" });
    mkdirSync(join(home, ".config/tmon"), { recursive: true });
    writeFileSync(join(home, ".config/tmon/tmon.yaml"), "drain: 2s\nlanguage: en\n");
    expect(load().config).toMatchObject({ drainMs: 2000, language: "en" });
    expect(load({}, { TMON_CONFIG_DIR: named }).config).toMatchObject({ drainMs: 1000, language: "zh" });
    expect(load({ configDir: named, drain: "3s" }).config.drainMs).toBe(3000);
  });

  it("of the package gives the defaults without a warning", () => {
    const target = join(home, "initialised");
    expect(initConfig(target, { force: false, dryRun: false })).toHaveLength(5);
    const { config, warnings, notices } = load({ configDir: target });
    const bare = loadConfig({ flags: {}, env: {}, cwd: "/", home: "/nowhere" }).config;
    expect({ ...config, configDir: undefined, dataDir: "", monitoring: {} }).toEqual({
      ...bare,
      dataDir: "",
      models: { ...bare.models, directory: join(home, ".local/share/tmon/models") },
      monitoring: {},
    });
    expect([...warnings, ...notices]).toEqual([]);
    expect(() => initConfig(target, { force: false, dryRun: false })).toThrow(TmonError);
  });
});

describe("cameras", () => {
  it("get ids in their order, and a file's path is of the working directory", () => {
    const { config } = load({
      camera: ["file:road.mp4", "north=file:/a/b.mp4?loop=1", "sim:junction?seed=1"],
    });
    expect(config.cameras.map(({ id, source, url }) => [id, source, url.reveal()])).toEqual([
      ["cam-1", "file", `file:${home}/road.mp4`],
      ["north", "file", "file:/a/b.mp4?loop=1"],
      ["cam-3", "sim", "sim:junction?seed=1"],
    ]);
  });

  it("take ?loop=1 alone as an option of a file; another is refused, unless a file has that name", () => {
    for (const url of ["file:road.mp4?lop=1", "file:road.mp4?loop=yes", "file:road.mp4?loop"]) {
      const failure = failureOf({ camera: [url] });
      expect(failure.code).toBe("TMON_SOURCE_UNSUPPORTED");
      expect(failure.todo).toContain("?loop=1");
    }
    writeFileSync(join(home, "odd.mp4?lop=1"), "");
    const { cameras } = load({ camera: ["file:odd.mp4?lop=1", "b=file:odd.mp4?lop=1?loop=1"] }).config;
    expect(cameras.map(({ url }) => url.reveal())).toEqual([
      `file:${home}/odd.mp4?lop=1`,
      `file:${home}/odd.mp4?lop=1?loop=1`,
    ]);
  });

  it("of the file are numbers or names, relative to the file", () => {
    const configDir = directoryWith({
      "cameras.yaml": "cameras:\n  - { id: 0, url: 'file:v.mp4', interval: 1s, weight: 2 }\n",
    });
    expect(load({ configDir }).config.cameras).toMatchObject([
      { id: "0", shownUrl: `file:${configDir}/v.mp4`, intervalMs: 1000, weight: 2 },
    ]);
  });

  it("never show a password", () => {
    const loaded = load({ camera: ["rtsp://admin:hunter2@10.0.0.9/live"] });
    expect(loaded.config.cameras[0]?.shownUrl).toBe("rtsp://…@10.0.0.9/live");
    expect(JSON.stringify([loaded.config, showRows(loaded)])).not.toContain("hunter2");
  });

  it("with one id twice are refused", () => {
    expect(failureOf({ camera: ["a=file:x", "a=file:y"] }).code).toBe("TMON_CONFIG_INVALID");
  });
});

describe("a mistake in a file", () => {
  it("an unknown key names the nearest, with file and line", () => {
    const configDir = directoryWith({
      "api_keys.yaml": "scheduler:\n  max_age: 5s\n  retry_max_atempts: 3\n",
    });
    const failure = failureOf({ configDir });
    expect(failure.message).toMatch(/api_keys\.yaml:3.*retry_max_atempts/);
    expect(failure.todo).toContain("retry_max_attempts");
  });

  it("a wrong type, a wrong duration and a value out of range name key and value", () => {
    const of = (text: string) => failureOf({ configDir: directoryWith({ "tmon.yaml": text }) }).message;
    expect(of("detector: { workers: many }\n")).toMatch(/detector\.workers is "many"/);
    expect(of("detector: { interval: 2 }\n")).toMatch(/detector\.interval is 2.*1\.8s/);
    expect(of("detector: { iou: 1.5 }\n")).toMatch(/detector\.iou is 1\.5/);
    expect(of("vlm: { thresholds: { low: 0.9, medium: 0.5, high: 0.8 } }\n")).toContain("rise");
  });

  it.each([
    ["cameras: [{ id: north }]", "cameras[0].url is missing: it must be a text", "add cameras[0].url"],
    ["cameras: { id: north }", "cameras is a map: it must be a list", "dash"],
    ["cameras: [north]", 'cameras[0] is "north": it must be a map', "NAME: VALUE"],
    ["cameras: [{ url: 7 }]", "cameras[0].url is 7: it must be a text", "mend that value"],
    ["cameras: [{ url: 'sim:x', weight: 0 }]", "cameras[0].weight is 0: it must be more than 0", "mend"],
  ])("%s is told in plain words", (text, message, todo) => {
    const failure = failureOf({ configDir: directoryWith({ "cameras.yaml": text }) });
    expect(failure.message).toBe(`cameras.yaml:1: ${message}`);
    expect(failure.todo).toContain(todo);
  });

  it("of a word that is not known names those that are", () => {
    const failure = failureOf({ configDir: directoryWith({ "tmon.yaml": "bus: rabbit" }) });
    expect(failure.message).toBe('tmon.yaml:1: bus is "rabbit": it must be one of embedded, kafka');
  });

  it("named .yml is refused with its right name, for it would not be read", () => {
    const failure = failureOf({
      configDir: directoryWith({ "cameras.yaml": "", "tmon.yml": "bus: embedded" }),
    });
    expect(failure).toMatchObject({ code: "TMON_CONFIG_INVALID", todo: "name it tmon.yaml" });
    expect(failure.message).toContain("tmon.yml would not be read");
  });

  it("in a list names the entry", () => {
    const configDir = directoryWith({ "api_keys.yaml": "api_keys:\n  - key: sk-a\n    rpm_limit: fast\n" });
    expect(failureOf({ configDir }).message).toMatch(/api_keys\.yaml:3: api_keys\[0\]\.rpm_limit is "fast"/);
  });
});

describe("whose verdicts there will be", () => {
  const invented = load({ camera: ["file:a"] }).config;
  const real = load({ camera: ["rtsp://h/x"] }).config;

  it("simulated where no camera looks at a real road and no key is there", () => {
    expect(resolveProvider(invented, { standIn: true }).vlm.provider).toBe("simulated");
  });

  it("never by accident: a live camera, or a scheduler that sees no cameras, needs a key or --vlm sim", () => {
    expect(() => resolveProvider(real, { standIn: true })).toThrow(/no API key/);
    expect(() => resolveProvider(invented, { standIn: false })).toThrow(/no API key/);
    const said = load({ camera: ["rtsp://h/x"], vlm: "sim" }).config;
    expect(resolveProvider(said, { standIn: true }).vlm).toMatchObject({
      provider: "simulated",
      simulatedOnLive: true,
    });
  });

  it("the provider's where there is a key", () => {
    const { config } = load({ camera: ["file:a"] }, { DASHSCOPE_API_KEY: "sk-x" });
    expect(resolveProvider(config, { standIn: true }).vlm.provider).toBe("configured");
  });
});
