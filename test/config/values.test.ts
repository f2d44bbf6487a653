import { describe, expect, it } from "vitest";
import { showRows } from "../../src/config/show.ts";
import { failureOf, failureOfFiles, load, loadFiles } from "./harness.ts";

describe("a variable that is set to nothing", () => {
  it.each([
    "TMON_CONFIG_DIR",
    "TMON_DATA_DIR",
    "STATE_DIRECTORY",
    "TMON_BUS",
    "TMON_STORE",
    "TMON_KAFKA_BROKERS",
    "TMON_REDIS_URL",
    "TMON_VLM_BASE_URL",
    "TMON_VLM_MODEL",
    "TMON_HOST",
    "TMON_TOKEN",
    "TMON_LOG_LEVEL",
    "TMON_MODELS_DIR",
    "TMON_MODELS_MIRROR",
    "XDG_DATA_HOME",
    "DASHSCOPE_API_KEYS",
    "DASHSCOPE_API_KEY",
  ])("%s counts as unset", (name) => {
    expect(load({}, { [name]: "" }).config).toEqual(load().config);
  });
});

describe("systemd's state directory", () => {
  it("is the first of its list", () => {
    expect(load({}, { STATE_DIRECTORY: "/var/lib/tmon:/var/lib/other" }).config.dataDir).toBe(
      "/var/lib/tmon",
    );
  });
});

describe("a section whose keys are all commented out", () => {
  it("is as if absent", () => {
    const { config } = loadFiles({
      "tmon.yaml": "web:\n  # port: 1\nvlm:\n  model:\n",
      "cameras.yaml": "cameras:\n",
      "kafka.yaml": "kafka:\n  topics:\n    incidents:\n",
      "api_keys.yaml": "api_keys:\nscheduler:\n",
      "monitoring.yaml": "alerts:\n",
    });
    expect({ ...config, configDir: undefined, monitoring: {} }).toEqual(load().config);
  });
});

describe("a duration or a size of nothing", () => {
  it("is refused where it would be nonsense", () => {
    for (const text of [
      "detector: { crops: { max_size: 0B } }",
      "incidents: { clear_after: 0s }",
      "retention: { time: 0.4ms }",
    ]) {
      expect(failureOfFiles({ "tmon.yaml": text }).message).toContain("write at least 1");
    }
    expect(failureOfFiles({ "tmon.yaml": "retention: { size: 63MB }" }).message).toContain("at least 64MB");
    expect(failureOfFiles({ "api_keys.yaml": "scheduler: { max_age: 0s }" }).code).toBe(
      "TMON_CONFIG_INVALID",
    );
    expect(loadFiles({ "tmon.yaml": "drain: 0s" }).config.drainMs).toBe(0);
  });

  it("is no interval between two looks, wherever it is said", () => {
    expect(failureOf({ interval: "0s" })).toMatchObject({ code: "TMON_USAGE", todo: "write at least 10ms" });
    expect(failureOfFiles({ "tmon.yaml": "detector: { interval: 9ms }" }).message).toContain("at least 10ms");
    const camera = "cameras: [{ url: 'file:v', interval: 0s }]";
    expect(failureOfFiles({ "cameras.yaml": camera }).message).toContain("at least 10ms");
  });

  it("has a unit, and only a unit", () => {
    expect(failureOf({ interval: "5constructor" }).message).toContain("is not a duration");
  });
});

describe("the interval of the command line", () => {
  const files = { "cameras.yaml": "cameras: [{ url: 'file:v', interval: 5s }]" };

  it("goes before a camera's own", () => {
    expect(loadFiles(files).config.cameras).toMatchObject([{ intervalMs: 5000 }]);
    expect(loadFiles(files, {}, { interval: "1s" }).config.cameras).toMatchObject([{ intervalMs: 1000 }]);
  });
});

describe("the streams a screen may start", () => {
  const streams = (text: string) => ({ "tmon.yaml": `web: { streams: ${text} }` });

  it("are none, until a host is allowed", () => {
    expect(load().config.web.streams).toEqual({ schemes: ["rtsp", "rtsps"], hosts: [] });
    const hosts = ["cam-7.example", ".cams.example", "10.1.0.0/16", "fd00::/8", "192.0.2.7", "*"];
    const { config } = loadFiles(streams(`{ schemes: [rtsp, http], hosts: ${JSON.stringify(hosts)} }`));
    expect(config.web.streams).toEqual({ schemes: ["rtsp", "http"], hosts });
  });

  it.each(["10.1.0.0/33", "10.1.0.0/x", "http://cam", "cam:554", "*.cams.example", "10.1.0.0/16/2"])(
    "by a host that is none are refused: %s",
    (host) => {
      const failure = failureOfFiles(streams(`{ hosts: ["${host}"] }`));
      expect(failure.message).toContain(`web.streams.hosts[0] is "${host}": write a name`);
    },
  );

  it("by a scheme that opens no camera are refused", () => {
    expect(failureOfFiles(streams("{ schemes: [file] }")).code).toBe("TMON_CONFIG_INVALID");
  });
});

describe("a log level", () => {
  it.each([
    ["monitoring.yaml", "logging:\n  level: LOUD\n"],
    ["monitoring.yaml", "logging:\n  loggers: { tmon: LOUD }\n"],
    ["api_keys.yaml", "monitoring:\n  log_level: LOUD\n"],
    ["tmon.yaml", "\nlog_level: LOUD\n"],
  ])("in %s that is none is refused with its line: %j", (name, text) => {
    const failure = failureOfFiles({ [name]: text });
    expect(failure.code).toBe("TMON_CONFIG_INVALID");
    expect(failure.message).toContain(`${name}:2: `);
    expect(failure.message).toContain('"LOUD"');
  });

  it("may be the seed's word", () => {
    expect(loadFiles({ "monitoring.yaml": "logging: { level: WARNING }" }).config.logLevel).toBe("warn");
    expect(load({ logLevel: "CRITICAL" }).config.logLevel).toBe("fatal");
    expect(failureOf({ logLevel: "LOUD" }).code).toBe("TMON_USAGE");
  });
});

describe("limits that contradict each other", () => {
  it("are refused, a default among them", () => {
    const groups = failureOfFiles({ "tmon.yaml": "detector:\n  groups:\n    min_members: 20\n" });
    expect(groups.message).toMatch(/tmon\.yaml:3: .*20.*12/);
    const text = "scheduler: { adaptive_cooldown: { min_cooldown: 60, max_cooldown: 30 } }";
    expect(failureOfFiles({ "api_keys.yaml": text }).message).toMatch(/api_keys\.yaml:1: .*60.*30/);
  });
});

describe("all keys together", () => {
  it("make the seed's 100 calls a second, unless that limit is switched off", () => {
    expect(load().config.scheduler).toMatchObject({ globalQpsLimit: 100, globalWindowMs: 1000 });
    const off = "scheduler: { rate_limit: { enabled: false } }";
    expect(loadFiles({ "api_keys.yaml": off }).config.scheduler.globalQpsLimit).toBeUndefined();
  });
});

describe("tokens of the web server", () => {
  it("of the environment replace the file's, which need not even be readable", () => {
    const files = { "tmon.yaml": "web: { tokens: [{ name: a, token_file: nowhere }] }" };
    expect(
      loadFiles(files, { TMON_TOKEN: "t".repeat(16) }).config.web.tokens.map(({ name }) => name),
    ).toEqual(["environment"]);
    expect(failureOfFiles(files).message).toContain("nowhere");
  });
});

describe("config show", () => {
  it("writes durations and sizes as the files have them, and a map an entry a row", () => {
    const files = {
      "tmon.yaml": "retention: { time: 90m, size: 150500KB }\nincidents: { clear_after: 500ms }\ndrain: 0s",
    };
    const rows = new Map(showRows(loadFiles(files)).map(({ key, value }) => [key, value]));
    expect(Object.fromEntries(rows)).toMatchObject({
      "retention.time": "90m",
      "retention.size": "150500KB",
      "incidents.clear_after": "500ms",
      drain: "0s",
      "detector.interval": "1.8s",
      "detector.crops.max_size": "120KB",
      "vlm.thresholds.low": "0.45",
      "vlm.prices.qwen3-vl-plus": "input: 0.001, output: 0.01",
    });
    const defaults = new Map(showRows(load()).map(({ key, value }) => [key, value]));
    expect([defaults.get("retention.time"), defaults.get("retention.size")]).toEqual(["1h", "2GB"]);
  });

  it("writes cameras and keys in their files' words", () => {
    const rows = showRows(
      loadFiles({
        "cameras.yaml": "cameras: [{ id: north, url: 'rtsp://u:p@h/x', interval: 5s }]",
        "api_keys.yaml": "api_keys: [{ key: short, qps_limit: 10 }]",
      }),
    );
    const rowOf = (key: string) => rows.find((row) => row.key === key)?.value;
    expect(rowOf("cameras[0]")).toBe("id: north, url: rtsp://…@h/x, interval: 5s, weight: 1");
    expect(rowOf("api_keys[0]")).toBe(
      "key_id: key_1, key: …, base_url: https://dashscope.aliyuncs.com/compatible-mode/v1, " +
        "model: qwen3-vl-plus, qps_limit: 10, enabled: true, priority: 1, weight: 1",
    );
  });
});

describe("prices", () => {
  it("of the file are added to the known ones", () => {
    const { prices } = loadFiles({ "tmon.yaml": "vlm: { prices: { local: { input: 0, output: 0 } } }" })
      .config.vlm;
    expect(prices).toMatchObject({ local: { input: 0, output: 0 }, "qwen3-vl-plus": { output: 0.01 } });
  });
});
