import { expect, test } from "vitest";
import { createDispatcher } from "../../../src/runtime/scheduler/dispatcher.ts";
import type { Lease } from "../../../src/runtime/scheduler/keys/lease.ts";
import type { AcquireOptions, KeyPool } from "../../../src/runtime/scheduler/keys/pool.ts";
import { createQueue } from "../../../src/runtime/scheduler/queue.ts";
import { until } from "../../support/until.ts";
import { aJob } from "./jobs.ts";

test("a task never goes with a lease that was asked for a smaller one", async () => {
  const started: { tokens: number; most: number }[] = [];
  let givenBack = 0;
  let grant = () => {};
  const pool = {
    outOfService: () => undefined,
    async acquire({ tokens }: AcquireOptions) {
      const most = tokens?.() ?? 0;
      await new Promise<void>((resolve) => {
        grant = resolve;
      });
      return { most, isFresh: () => true, giveBack: () => givenBack++ } as unknown as Lease;
    },
  } as unknown as KeyPool;
  const queue = createQueue({ maxAgeMs: 60_000, maxBytes: 1e6, weightOf: () => 1, ended() {} });
  const dispatcher = createDispatcher({
    queue,
    pool,
    signal: new AbortController().signal,
    maxOpen: 1,
    isFull: () => false,
    heldKeys: () => new Set(),
    now: Date.now,
    run: async (job, lease) => void started.push({ tokens: job.tokens, most: lease.most }),
    refuse() {},
  });
  queue.add({ ...aJob({ camera: "a" }), tokens: 100 });
  dispatcher.pump();
  queue.add({ ...aJob({ camera: "b" }), tokens: 500 });
  await until(() => {
    grant();
    return started.length === 2;
  });
  expect(givenBack).toBe(1);
  expect(started.every(({ tokens, most }) => most >= tokens)).toBe(true);
});
