/**
 * The scheduler as it was built or, with "relay", a loop in its place that does the least. Runs in a process of its own, on a
 * bus that notes when it hands over each task and when each result is durable; undici says when a request goes on the wire
 * and when its answer was read. Says when it runs, on "usage" what it used so far, which takes it no time, and on any
 * other message its notes.
 */
import { subscribe } from "node:diagnostics_channel";
import { homedir } from "node:os";
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import { pino } from "pino";
import type { Bus, Delivery } from "../../src/bus/bus.ts";
import type { RoleContext } from "../../src/runtime/role.ts";
import { built } from "../support/built.ts";
import { now } from "./clock.ts";
import { boxIn } from "./group-box.ts";
import { createBareAssess } from "./raw/assess.ts";

/** Tasks by `partition:offset`, results by taskId. */
export interface SchedulerStamps {
  handedOverAt: Record<string, number>;
  /** By the box of the task's group. */
  sentAt: Record<string, number>;
  answerReadAt: Record<string, number>;
  publishingAt: Record<string, number>;
  publishedAt: Record<string, number>;
  /** Of the garbage collector. */
  pausesMs: number[];
}

export interface SchedulerUsage {
  cpuSeconds: number;
  /** p99 of how late the event loop was, ms. */
  loopDelayMs: number;
}

const { openBus } = await built<typeof import("../../src/bus/open.ts")>("bus/open");
const { openStore } = await built<typeof import("../../src/store/open.ts")>("store/open");
const { loadConfig } = await built<typeof import("../../src/config/load.ts")>("config/load");
const { createMetrics } =
  await built<typeof import("../../src/observability/metrics.ts")>("observability/metrics");
const { createHealth } =
  await built<typeof import("../../src/observability/health.ts")>("observability/health");
const { startScheduler } = await built<typeof import("../../src/runtime/scheduler/scheduler.ts")>(
  "runtime/scheduler/scheduler",
);

const handedOverAt: Record<string, number> = {};
const published: { from: number; at: number; value: Buffer }[] = [];
const sentAt: Record<string, number> = {};
const answerReadAt: Record<string, number> = {};
const boxes = new WeakMap<object, string>();
const pausesMs: number[] = [];
const loopDelay = monitorEventLoopDelay({ resolution: 1 });

const log = pino({ level: "silent" });
const { config } = loadConfig({ flags: {}, env: process.env, cwd: process.cwd(), home: homedir() });
const bus = await openBus(config, log);
const store = await openStore(config, log);
const start = process.argv[2] === "relay" ? startRelay : startScheduler;
const role = await start({
  ...{ config, bus: stamped(bus), store, log },
  ...{ metrics: createMetrics(), health: createHealth(), instance: "added-time" },
});
loopDelay.enable();
new PerformanceObserver((seen) => {
  for (const { duration } of seen.getEntries()) pausesMs.push(duration);
}).observe({ entryTypes: ["gc"] });
subscribe("undici:client:sendHeaders", (message) => {
  const { request } = message as { request: { body: Buffer } };
  const at = now();
  const box = boxIn(request.body.subarray(-4_000).toString("latin1"));
  if (box === undefined) return;
  boxes.set(request, box);
  sentAt[box] = at;
});
subscribe("undici:request:trailers", (message) => {
  const box = boxes.get((message as { request: object }).request);
  if (box !== undefined) answerReadAt[box] = now();
});
process.on("message", (asked) => process.send!(asked === "usage" ? usage() : stamps()));
process.once("disconnect", async () => {
  await role.stop();
  await bus.close();
  await store.close();
  process.exit();
});
process.send!("runs");

/** Task in, request out, answer in, result out: nothing is chosen, limited, retried, counted or waited for. */
async function startRelay({ config, bus }: RoleContext) {
  const { assess, close } = createBareAssess(config.vlm.baseUrl);
  const topic = config.topics["risk-assessment-results"].name;
  const relay = async ({ key, value, acknowledge }: Delivery) => {
    await bus.produce([{ topic, key, value: await assess(value) }]);
    acknowledge();
  };
  const consumer = await bus.consume({
    group: config.groups.scheduler,
    topics: [config.topics["assessment-tasks"].name],
    deliver: (delivery) => void relay(delivery),
  });
  return {
    async stop(): Promise<void> {
      await consumer.stop();
      await close();
    },
  };
}

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
      const from = now();
      await bare.produce(messages);
      const at = now();
      for (const { value } of messages) published.push({ from, at, value });
    },
  };
}

function stamps(): SchedulerStamps {
  const results = published.map((one) => ({ ...one, taskId: JSON.parse(one.value.toString("utf8")).taskId }));
  return {
    handedOverAt,
    sentAt,
    answerReadAt,
    publishingAt: Object.fromEntries(results.map(({ taskId, from }) => [taskId, from])),
    publishedAt: Object.fromEntries(results.map(({ taskId, at }) => [taskId, at])),
    pausesMs,
  };
}

function usage(): SchedulerUsage {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, loopDelayMs: loopDelay.percentile(99) / 1e6 };
}
