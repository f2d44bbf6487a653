import { expect, test } from "vitest";
import type { Heartbeat } from "../../src/runtime/heartbeat.ts";
import { keysTogether } from "../../src/runtime/key-use.ts";
import { readDrain } from "../../src/runtime/known-keys.ts";

const key = {
  ...{ id: "a", key: "sk-…ab", account: "main", group: "main/m", model: "m", state: "healthy" },
  ...{ reason: null, reasonCode: null, usableAt: null, order: null, inFlight: 2, calls: 10, failures: 1 },
  ...{ throttled: 1, promptTokens: 5_000, completionTokens: 700, costYuan: 0.5 },
  latencyMs: { p50: 900, p95: 1_900 },
};
const group = {
  id: "main/m",
  requests: { usedMinute: 100, limitMinute: 300 },
  tokens: { usedMinute: 9_000, limitMinute: null },
};

test("a key of several schedulers is one: sums, the worst state with its reason, latencies of the busiest", () => {
  const why = { reason: "slow down", reasonCode: "TMON_VLM_THROTTLED", usableAt: "2026-11-24T08:00:00.000Z" };
  const busier = { ...key, calls: 11, latencyMs: { p50: 700, p95: 800 } };
  const cooling = { ...key, ...why, state: "cooling" };
  const beats = [busier, cooling].map((one) => ({ keys: [one], groups: [group] }));
  expect(keysTogether([...beats, { keys: "none" }])).toEqual([
    {
      ...{ ...key, ...why, state: "cooling", inFlight: 4, calls: 21, failures: 2, throttled: 2 },
      ...{ promptTokens: 10_000, completionTokens: 1_400, costYuan: 1 },
      latencyMs: busier.latencyMs,
      requests: { used: 200, limit: 300 },
      tokens: { used: 18_000, limit: null },
    },
  ]);
});

test("a key drains while any scheduler has calls of it open, whatever the others say", () => {
  const states = ["healthy", "disabled", "draining", "cooling"];
  expect(keysTogether(states.map((state) => ({ keys: [{ ...key, state }] })))[0]?.state).toBe("draining");
});

test("a drain is over when every scheduler with the key has heard of it, and none has a call open", async () => {
  const orderedAt = 10_000;
  const over = async (...beats: [at: number, changes: object][]) => {
    const list = async () =>
      beats.map(([at, changes]) => {
        const beat: Partial<Heartbeat> = { at, stats: { keys: [{ ...key, ...changes }] } };
        return { key: "", value: Buffer.from(JSON.stringify(beat)) };
      });
    return (await readDrain({ list }, "a", orderedAt)).over;
  };
  const done: [number, object] = [10_001, { state: "disabled", order: "drain", inFlight: 0 }];
  const otherKey: [number, object] = [9_000, { id: "b" }];
  expect(await over()).toBe(true);
  expect(await over(done, done, otherKey)).toBe(true);
  // A heartbeat of before the order, one of a scheduler that has not looked yet, and one with an open call.
  expect(await over(done, [9_999, { state: "disabled", order: "drain", inFlight: 0 }])).toBe(false);
  expect(await over(done, [10_001, { state: "disabled", order: null, inFlight: 0 }])).toBe(false);
  expect(await over(done, [10_001, { state: "draining", order: "drain", inFlight: 1 }])).toBe(false);
});
