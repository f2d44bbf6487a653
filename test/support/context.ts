import { pino } from "pino";
import { openBus } from "../../src/bus/open.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createHealth } from "../../src/observability/health.ts";
import { createMetrics } from "../../src/observability/metrics.ts";
import type { RoleContext } from "../../src/runtime/role.ts";
import { openStore } from "../../src/store/open.ts";

/** The defaults, on the embedded bus and store of this directory; cool-downs are short and ports free. */
export function testConfig(dataDir: string, changes: Partial<Config> = {}): Config {
  const { config } = loadConfig({ flags: { dataDir }, env: {}, cwd: dataDir, home: dataDir });
  return {
    ...config,
    detector: { ...config.detector, workers: 1 },
    vlm: { ...config.vlm, baseUrl: "http://127.0.0.1:9" },
    scheduler: {
      ...config.scheduler,
      keyCooldownMs: 1000,
      retryMaxAttempts: 3,
      adaptiveCooldown: { ...config.scheduler.adaptiveCooldown, minMs: 500 },
      healthCheck: { ...config.scheduler.healthCheck, enabled: false },
    },
    web: { ...config.web, port: 0 },
    timezone: "UTC",
    ...changes,
  };
}

/** What a role is given, real bus and store included, as a process of its own would have them. */
export async function openContext(
  config: Config,
  log = pino({ level: process.env.TMON_TEST_LOG ?? "silent" }),
): Promise<{ context: RoleContext; close: () => Promise<void> }> {
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
