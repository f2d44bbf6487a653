import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { openBus } from "../../src/bus/open.ts";
import { loadConfig } from "../../src/config/load.ts";
import { encode } from "../../src/messages/codec.ts";
import { newMessageId } from "../../src/messages/ids.ts";
import { measureLag } from "../../src/runtime/lag.ts";
import { startCollector } from "../../src/runtime/report/collector.ts";
import { unfinished } from "../../src/runtime/report/report.ts";
import { openStore } from "../../src/store/open.ts";
import { seedDetection } from "../messages/seed-samples.ts";
import { stopped } from "../support/bus-log.ts";
import { useKafka } from "../support/kafka.ts";
import { lacks } from "../support/machine.ts";
import { startRedis } from "../support/redis.ts";
import { type RunningTmon, runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { topicKeys } from "../support/topic-keys.ts";
import { until } from "../support/until.ts";

const roles = ["generator", "scheduler", "aggregator"] as const;
type Replicas = Record<(typeof roles)[number], RunningTmon>;

/** Topics and groups of its own on the tests' cluster, a Redis, a provider, and keys for it without limits. */
async function prepare(brokers: readonly string[]) {
  const directory = temporaryDirectory();
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const provider = startTmon(["sim", "vlm", "--port", "0", "--latency", "300ms"]);
  const base = /http:\S+\/v1/.exec(await provider.says(/http:\S+/))![0];
  const named = topicKeys.map((key) => [key, { name: `replicas-${key}`, partitions: 4 }]);
  const groups = roles.map((role) => [role, `replicas-${role}`]);
  const kafka = { bootstrap_servers: brokers.join(","), topics: Object.fromEntries(named) };
  const files = {
    "kafka.yaml": { kafka, groups: Object.fromEntries(groups) },
    "api_keys.yaml": { api_keys: [{ key: "sk-test-0000" }], scheduler: { rate_limit: { enabled: false } } },
    "tmon.yaml": { vlm: { base_url: base } },
  };
  mkdirSync(join(directory, "config"));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(directory, "config", name), JSON.stringify(content));
  const env = { TMON_BUS: "kafka", TMON_REDIS_URL: redis.url, TMON_CONFIG_DIR: join(directory, "config") };
  expect((await runTmon(["init-topics"], env)).exitCode).toBe(0);
  return { directory, redis, base, env };
}

/** A bus and a store as another process has them, what they show, and detections from 20 cameras until it ends. */
async function watchAndLoad(directory: string, env: Record<string, string>) {
  const { config } = loadConfig({ flags: { dataDir: directory }, env, cwd: directory, home: homedir() });
  const log = pino({ level: "silent" });
  const never = new AbortController().signal;
  const bus = await openBus(config, log);
  const store = await openStore(config, log, never);
  const collector = await startCollector({ config, bus, store, log });
  onTestFinished(async () => {
    await collector.stop();
    await Promise.all([bus.close(), store.close()]);
  });
  const ending = new AbortController();
  const loading = (async () => {
    for (let number = 0; !ending.signal.aborted; number++) {
      const now = Date.now();
      const detection = {
        ...seedDetection,
        ...{ messageId: newMessageId(), cameraId: number % 20, source: "sim" },
        ...{ timestamp: new Date(now).toISOString(), trace: { capturedAt: now } },
      };
      const { name } = config.topics["detection-results"];
      await bus.produce([{ topic: name, key: `${detection.cameraId}`, value: encode(detection) }]);
      await delay(20);
    }
  })();
  return {
    collector,
    async moreResults(count: number, what: string) {
      const before = collector.seen.results.size;
      await until(() => collector.seen.results.size > before + count, { what });
    },
    async finish() {
      ending.abort();
      await loading;
      const idle = async () => (await measureLag(config, bus)).every(({ lag }) => lag === 0);
      await until(() => idle().catch(() => false), { what: "everything to be done" });
      await collector.finish();
      return collector.seen;
    },
  };
}

const get = async (url: string | URL) => (await fetch(url)).json();

/** Calls that its scheduler has open. */
async function openCalls(replica: RunningTmon): Promise<number> {
  const url = /runs: (http:\S+)/.exec(replica.stderr())![1]!;
  const { keys } = (await get(`${url}/api/scheduler/stats`)) as { keys: { inFlight: number }[] };
  return keys.reduce((sum, { inFlight }) => sum + inFlight, 0);
}

describe.skipIf(lacks("kafka", "redis"))("replicas of each role on Kafka and Redis, under load", () => {
  const kafka = useKafka();

  test("added, killed, removed, and Redis flushed and stopped under them: nothing is lost or shown twice, and no role dies", async () => {
    const { directory, redis, base, env } = await prepare(kafka().brokers);
    const start = async (): Promise<Replicas> => {
      const started = roles.map((role) => startTmon(["run", role, "--port", "0"], env));
      await Promise.all(started.map((replica) => replica.says("partitions were assigned")));
      return { generator: started[0]!, scheduler: started[1]!, aggregator: started[2]! };
    };
    const first = await start();
    const load = await watchAndLoad(directory, env);
    await load.moreResults(20, "first results");
    const second = await start();
    await load.moreResults(40, "results with two replicas of each");

    const repeatable = await openCalls(first.scheduler);
    const before = load.collector.seen.results.size;
    for (const role of roles) first[role].kill("SIGKILL");
    await until(() => load.collector.seen.results.size > before + 100, {
      what: "results after the kill",
    });
    const third = await start();
    await load.moreResults(40, "results with replicas started again");
    expect(await stopped(...Object.values(second))).toEqual([0, 0, 0]);
    await load.moreResults(40, "results after replicas were removed");

    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    await load.moreResults(40, "results after FLUSHALL");
    await redis.stop();
    await Promise.all(roles.slice(1).map((role) => third[role].says("Redis is away")));
    await redis.restart();
    await load.moreResults(40, "results after Redis came back");

    const seen = await load.finish();
    expect(unfinished(seen)).toEqual({ groupsWithoutTask: 0, tasksWithoutResult: 0, verdictsWithoutPush: 0 });
    expect([...seen.pushed].filter(([, { times }]) => times > 1)).toEqual([]);
    expect(seen.deadLettered.size).toBe(0);
    const { requests } = (await get(new URL("/stats", base))) as { requests: number };
    const called = [...seen.results.values()].reduce((sum, { calls }) => sum + calls, 0);
    // And of the commit interval of 250 ms: at 50 tasks a second shared by two.
    expect(requests - called).toBeLessThanOrEqual(repeatable + 15);
    expect(await stopped(...Object.values(third))).toEqual([0, 0, 0]);
  });
});
