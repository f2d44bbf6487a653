/** The scheduler's role as it was built, on a bus in memory or on the embedded one. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built } from "../../support/built.ts";
import { createMemoryBus } from "./memory-bus.ts";
import { optionsOf, serveRounds } from "./side.ts";
import { taskMessage } from "./tasks.ts";

export interface RoleOptions {
  directory: string;
  /** Base URL. */
  provider: string;
  bus: "memory" | "embedded";
  /** Tasks the memory bus hands out ahead of their results. */
  ahead: number;
}

const { directory, provider, bus: kind, ahead } = optionsOf<RoleOptions>();
const lookEveryMs = 1_000;

const { loadConfig } = await built<typeof import("../../../src/config/load.ts")>("config/load");
const { createLog } = await built<typeof import("../../../src/observability/log.ts")>("observability/log");
const { createMetrics } =
  await built<typeof import("../../../src/observability/metrics.ts")>("observability/metrics");
const { createHealth } =
  await built<typeof import("../../../src/observability/health.ts")>("observability/health");
const { openBus } = await built<typeof import("../../../src/bus/open.ts")>("bus/open");
const { openStore } = await built<typeof import("../../../src/store/open.ts")>("store/open");
const { startScheduler } = await built<typeof import("../../../src/runtime/scheduler/scheduler.ts")>(
  "runtime/scheduler/scheduler",
);

const configDir = join(directory, "config");
mkdirSync(configDir, { recursive: true });
const keys = Array.from({ length: 10 }, (_, index) => ({ key: `sk-bench-000000000000${index}` }));
// However little of the machine is left for this: what expired would cost next to nothing.
const scheduler = { rate_limit: { enabled: false }, health_check: { enabled: false }, max_age: "10m" };
writeFileSync(join(configDir, "api_keys.yaml"), JSON.stringify({ api_keys: keys, scheduler }));
writeFileSync(join(configDir, "tmon.yaml"), JSON.stringify({ vlm: { base_url: provider } }));
const flags = { dataDir: directory, configDir };
const { config } = loadConfig({ flags, env: {}, cwd: directory, home: directory });
const log = await createLog("warn");

const memory = createMemoryBus(taskMessage, ahead);
const real = kind === "embedded" ? await openBus(config, log) : memory;
let results = 0;
let enough = { results: 0, reached: () => {} };
const bus = {
  ...real,
  async produce(messages: Parameters<typeof real.produce>[0]) {
    await real.produce(messages);
    results += messages.length;
    if (results >= enough.results) enough.reached();
  },
};
const store = await openStore(config, log);
const role = await startScheduler({
  config,
  bus,
  store,
  log,
  metrics: createMetrics(),
  health: createHealth(),
  instance: "bench",
});

serveRounds(
  async (count) => {
    const before = assessed();
    let mostOpen = 0;
    const looking = setInterval(() => {
      mostOpen = Math.max(mostOpen, Number(role.stats().open));
    }, lookEveryMs);
    await new Promise<void>((reached) => {
      enough = { results: results + count, reached };
      if (kind === "memory") memory.handOut(count);
    });
    clearInterval(looking);
    if (assessed() - before !== count) throw new Error(JSON.stringify(role.stats()));
    return mostOpen;
  },
  async () => {
    await role.stop();
    await bus.close();
    await store.close();
  },
);

function assessed(): number {
  return Number(role.stats().assessed);
}
