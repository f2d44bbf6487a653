import { pino } from "pino";
import { openBus } from "../../src/bus/open.ts";
import type { Config } from "../../src/config/config.ts";
import { type TopicId, topicIds } from "../../src/messages/topics.ts";
import { createHealth } from "../../src/observability/health.ts";
import { createMetrics } from "../../src/observability/metrics.ts";
import type { RoleContext } from "../../src/runtime/role.ts";
import { openStore } from "../../src/store/open.ts";

const topicOf = (name: TopicId) => ({
  name,
  partitions: 16,
  retentionMs: 3_600_000,
  maxMessageBytes: 1_000_000,
});

/** What the defaults are, on the embedded bus and store of this directory. */
export function testConfig(dataDir: string, changes: Partial<Config> = {}): Config {
  return {
    configDir: undefined,
    dataDir,
    bus: { kind: "embedded", durability: "process", retentionMs: 3_600_000, retentionBytes: 2 * 1024 ** 3 },
    store: { kind: "embedded" },
    topics: Object.fromEntries(topicIds.map((id) => [id, topicOf(id)])) as Config["topics"],
    groups: { generator: "tmon-generator", scheduler: "tmon-scheduler", aggregator: "tmon-aggregator" },
    cameras: [],
    detector: {
      model: undefined,
      intervalMs: 1800,
      workers: 1,
      confidence: 0.35,
      iou: 0.5,
      groups: { distanceFactor: 1.5, distancePx: undefined, minMembers: 2, maxMembers: 12 },
      crops: { marginPx: 12, maxSidePx: 768, maxBytes: 120 * 1024 },
    },
    vlm: {
      provider: "simulated",
      simulatedOnLive: false,
      baseUrl: "http://127.0.0.1:9",
      model: "qwen3-vl-plus",
      language: "zh",
      thresholds: { low: 0.45, medium: 0.65, high: 0.8 },
      maxTokens: 512,
      prices: {},
    },
    keys: [],
    scheduler: {
      maxConcurrentTasks: 2000,
      keyCooldownMs: 1000,
      retryMaxAttempts: 3,
      timeoutMs: 35_000,
      strategy: "least_loaded",
      adaptiveCooldown: { enabled: true, minMs: 500, maxMs: 30_000, failureThreshold: 3 },
      globalQpsLimit: undefined,
      globalWindowMs: 1000,
      healthCheck: { enabled: false, intervalMs: 60_000, timeoutMs: 10_000, failureThreshold: 3 },
      maxAgeMs: 10_000,
      queueBytes: 256 * 1024 ** 2,
      slowCallMs: 5000,
    },
    aggregator: { keepImages: false, closeAfterMs: 2000, maxAgeMs: 10_000 },
    incidents: { iou: 0.3, clearAfterMs: 10_000 },
    web: { host: "127.0.0.1", port: 0, tokens: [] },
    logLevel: "info",
    timezone: "UTC",
    language: "zh",
    drainMs: 25_000,
    ...changes,
  };
}

/** What a role is given, real bus and store included, as a process of its own would have them. */
export async function openContext(
  config: Config,
): Promise<{ context: RoleContext; close: () => Promise<void> }> {
  const log = pino({ level: process.env.TMON_TEST_LOG ?? "silent" });
  const bus = await openBus(config, log);
  const store = await openStore(config, log);
  const context = {
    config,
    bus,
    store,
    log,
    metrics: createMetrics(),
    health: createHealth(),
    instance: `test-${process.pid}`,
  };
  return {
    context,
    async close() {
      await bus.close();
      await store.close();
    },
  };
}
