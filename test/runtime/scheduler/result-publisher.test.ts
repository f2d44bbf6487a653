import { setImmediate as immediate } from "node:timers/promises";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { Bus } from "../../../src/bus/bus.ts";
import { createMetrics } from "../../../src/observability/metrics.ts";
import { failed } from "../../../src/runtime/scheduler/outcome.ts";
import { createResultPublisher } from "../../../src/runtime/scheduler/result-publisher.ts";
import { schedulerConfig } from "./harness.ts";
import { aJob } from "./jobs.ts";

const { signal } = new AbortController();
const log = pino({ level: "silent" });
const metrics = createMetrics();

test("a result that comes in the very turn in which the last batch became durable is published too", async () => {
  const config = schedulerConfig({ keys: [] });
  for (let turns = 0; turns < 40; turns++) {
    let written = () => {};
    const durable = new Promise<void>((resolve) => {
      written = resolve;
    });
    const published: string[] = [];
    const publisher = createResultPublisher(
      { bus: { produce: () => durable } as unknown as Bus, config, log, metrics },
      { signal, failing() {}, working() {}, published: (job) => published.push(job.task.taskId) },
    );
    publisher.add(aJob(), failed(new Error("first")));
    written();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    publisher.add(aJob(), failed(new Error("second")));
    await publisher.idle();
    await immediate();
    expect(published, `${turns} turns later`).toHaveLength(2);
  }
});
