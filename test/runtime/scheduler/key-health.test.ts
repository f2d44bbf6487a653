import { expect, test } from "vitest";
import { coolDownMs } from "../../../src/runtime/scheduler/keys/blame.ts";
import { createSlowStart } from "../../../src/runtime/scheduler/keys/slow-start.ts";
import { createStanding } from "../../../src/runtime/scheduler/keys/standing.ts";
import { failureOf, VlmError } from "../../../src/vlm/failure.ts";
import { schedulerConfig } from "./harness.ts";

const reason = new VlmError(failureOf("TMON_VLM_UNPAID"), "unpaid");

test("an adaptive cool-down grows with the share of failures past the threshold", () => {
  const { scheduler } = schedulerConfig({ keys: [] });
  const rates = [0, 0.2, 0.6, 1];
  expect(rates.map((rate) => Math.round(coolDownMs(rate, scheduler)))).toEqual([
    10_000, 10_000, 65_000, 120_000,
  ]);
});

test("a cool-down that is not adaptive is key_cooldown_seconds", () => {
  const adaptiveCooldown = { enabled: false, minMs: 10_000, maxMs: 120_000, failureThreshold: 0.2 };
  const { scheduler } = schedulerConfig({ keys: [], scheduler: { adaptiveCooldown, keyCooldownMs: 60_000 } });
  expect(coolDownMs(1, scheduler)).toBe(60_000);
});

test("failures of one wave of calls count once", () => {
  const standing = createStanding(2);
  standing.failed(100, 0, reason);
  expect(standing.state(100)).toBe("healthy");
  standing.failed(110, 0, reason);
  expect(standing.state(110)).toBe("cooling");
  const wait = standing.waitMs(110);
  for (let call = 0; call < 100; call++) standing.failed(111, 0, reason);
  expect(standing.waitMs(111)).toBe(wait - 1);
});

test("each wave is backed off longer, up to 5 s, until one succeeds", () => {
  const standing = createStanding(1);
  for (let now = 1_000; now <= 60_000; now += 1_000) {
    standing.failed(now, now, reason);
    expect(standing.waitMs(now)).toBeGreaterThan(0);
    expect(standing.waitMs(now)).toBeLessThanOrEqual(5_000);
  }
  standing.succeeded(60_000);
  expect(standing.state(60_000)).toBe("healthy");
});

test("disabled for good never ends; disabled for money is probed after 10 minutes", () => {
  const forGood = createStanding(1);
  forGood.disable(0, reason, { probe: false });
  forGood.succeeded(-1);
  expect([forGood.state(1e12), forGood.waitMs(1e12)]).toEqual(["disabled", Number.POSITIVE_INFINITY]);
  const unpaid = createStanding(1);
  unpaid.disable(0, reason, { probe: true });
  expect([unpaid.state(599_999), unpaid.state(600_000)]).toEqual(["disabled", "probing"]);
});

test("a shorter cool-down never cuts a longer one", () => {
  const standing = createStanding(1);
  standing.cool(0, 10_000, reason);
  standing.cool(0, 1_000, reason);
  expect(standing.waitMs(0)).toBe(10_000);
});

test("a slow start doubles its rate every second, from a quarter of the full rate", () => {
  const slowStart = createSlowStart(40);
  const rates = [0, 1, 2].map((second) => {
    slowStart.begin(0);
    slowStart.sent(second * 1000);
    return slowStart.waitMs(second * 1000);
  });
  expect(rates).toEqual([100, 50, 0]);
});

test("a slow start begins with no less than 5 a second, and a key that had none waits for nothing", () => {
  const slowStart = createSlowStart(10);
  expect(slowStart.waitMs(0)).toBe(0);
  slowStart.begin(0);
  expect(slowStart.waitMs(0)).toBe(200);
});

test("what has cooled is probed by one call; others wait for its answer, and a stale answer proves nothing", () => {
  const standing = createStanding(1);
  standing.cool(1_000, 500, reason);
  expect(standing.succeeded(900)).toBe(false);
  expect([standing.state(1_499), standing.waitMs(1_499)]).toEqual(["cooling", 1]);
  expect([standing.state(1_500), standing.waitMs(1_500)]).toEqual(["probing", 0]);
  standing.sent();
  expect(standing.waitMs(1_600)).toBeGreaterThan(0);
  standing.unsent();
  expect(standing.waitMs(1_600)).toBe(0);
  standing.sent();
  expect(standing.succeeded(1_600)).toBe(true);
  expect([standing.state(1_700), standing.reason()]).toEqual(["healthy", undefined]);
});
