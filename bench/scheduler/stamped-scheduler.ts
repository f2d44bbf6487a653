/**
 * The scheduler as it was built, in a process of its own, on a bus that notes when it hands over each task and when each
 * result is durable. Says when it runs, and on any message its notes.
 */
import { homedir } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { pino } from "pino";
import type { Bus } from "../../src/bus/bus.ts";
import { now } from "./clock.ts";

/** Tasks by `partition:offset`, results by taskId. */
export interface SchedulerStamps {
  handedOverAt: Record<string, number>;
  publishedAt: Record<string, number>;
  cpuSeconds: number;
  /** p99 of how late the event loop was, ms. */
  loopDelayMs: number;
}

// What loads them from source gives every closure a name, one by one.
const built = <Module>(path: string) =>
  import(`${new URL(`../../dist/${path}`, import.meta.url)}`) as Promise<Module>;
const { openBus } = await built<typeof import("../../src/bus/open.ts")>("bus/open.js");
const { openStore } = await built<typeof import("../../src/store/open.ts")>("store/open.js");
const { loadConfig } = await built<typeof import("../../src/config/load.ts")>("config/load.js");
const { createMetrics } =
  await built<typeof import("../../src/observability/metrics.ts")>("observability/metrics.js");
const { createHealth } =
  await built<typeof import("../../src/observability/health.ts")>("observability/health.js");
const { startScheduler } = await built<typeof import("../../src/runtime/scheduler/scheduler.ts")>(
  "runtime/scheduler/scheduler.js",
);

const handedOverAt: Record<string, number> = {};
const published: { at: number; value: Buffer }[] = [];
const loopDelay = monitorEventLoopDelay({ resolution: 1 });

const log = pino({ level: "silent" });
const { config } = loadConfig({ flags: {}, env: process.env, cwd: process.cwd(), home: homedir() });
const bus = await openBus(config, log);
const store = await openStore(config, log);
const scheduler = await startScheduler({
  ...{ config, bus: stamped(bus), store, log },
  ...{ metrics: createMetrics(), health: createHealth(), instance: "added-time" },
});
loopDelay.enable();
process.on("message", () => process.send!(stamps()));
process.once("disconnect", async () => {
  await scheduler.stop();
  await bus.close();
  await store.close();
  process.exit();
});
process.send!("runs");

function stamped(bare: Bus): Bus {
  return {
    ...bare,
    consume: ({ deliver, ...options }) =>
      bare.consume({
        ...options,
        deliver(delivery) {
          handedOverAt[`${delivery.partition}:${delivery.offset}`] = now();
          deliver(delivery);
        },
      }),
    async produce(messages) {
      await bare.produce(messages);
      const at = now();
      for (const { value } of messages) published.push({ at, value });
    },
  };
}

function stamps(): SchedulerStamps {
  const ofTask = published.map(({ at, value }) => [JSON.parse(value.toString("utf8")).taskId, at]);
  const { user, system } = process.cpuUsage();
  return {
    handedOverAt,
    publishedAt: Object.fromEntries(ofTask),
    cpuSeconds: (user + system) / 1e6,
    loopDelayMs: loopDelay.percentile(99) / 1e6,
  };
}
