import { expect, test } from "vitest";
import { coolDownMs } from "../../../src/runtime/scheduler/keys/blame.ts";
import { createSlowStart } from "../../../src/runtime/scheduler/keys/slow-start.ts";
import { createStanding } from "../../../src/runtime/scheduler/keys/standing.ts";
import { failureOf, VlmError } from "../../../src/vlm/failure.ts";
import { schedulerConfig } from "./harness.ts";

const reason = new VlmError(failureOf("TMON_VLM_UNPAID"), "unpaid");
const met = (now: number, startedAt = now) => ({ now, startedAt, reason });

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
  standing.failed(met(100, 0));
  expect(standing.state(100)).toBe("healthy");
  standing.failed(met(110, 0));
  expect(standing.state(110)).toBe("cooling");
  const wait = standing.waitMs(110);
  for (let call = 0; call < 100; call++) standing.failed(met(111, 0));
  expect(standing.waitMs(111)).toBe(wait - 1);
});

test("each wave is backed off longer, up to 5 s, until one succeeds", () => {
  const standing = createStanding(1);
  for (let now = 1_000; now <= 60_000; now += 1_000) {
    standing.failed(met(now));
    expect(standing.waitMs(now)).toBeGreaterThan(0);
    expect(standing.waitMs(now)).toBeLessThanOrEqual(5_000);
  }
  standing.succeeded(60_000);
  expect(standing.state(60_000)).toBe("healthy");
});

test("disabled for good never ends; disabled for money is probed after 10 minutes", () => {
  const forGood = createStanding(1);
  forGood.disable(met(0), { probe: false });
  forGood.succeeded(-1);
  expect([forGood.state(1e12), forGood.waitMs(1e12)]).toEqual(["disabled", Number.POSITIVE_INFINITY]);
  const unpaid = createStanding(1);
  unpaid.disable(met(0), { probe: true });
  expect([unpaid.state(599_999), unpaid.state(600_000)]).toEqual(["disabled", "probing"]);
});

test("a shorter cool-down never cuts a longer one", () => {
  const standing = createStanding(1);
  standing.cool(met(0), 10_000);
  standing.cool(met(0), 1_000);
  expect(standing.waitMs(0)).toBe(10_000);
});

test("a slow start doubles its rate every second, from a quarter of the full rate", () => {
  const slowStart = createSlowStart(() => 40);
  const rates = [0, 1, 2].map((second) => {
    slowStart.begin(0);
    slowStart.sent(second * 1000);
    return slowStart.waitMs(second * 1000);
  });
  expect(rates).toEqual([100, 50, 0]);
});

test("a slow start begins with no less than 5 a second, and a key that had none waits for nothing", () => {
  const slowStart = createSlowStart(() => 10);
  expect(slowStart.waitMs(0)).toBe(0);
  slowStart.begin(0);
  expect(slowStart.waitMs(0)).toBe(200);
});

test("what has cooled is probed by one call; others wait for its answer, and a stale answer proves nothing", () => {
  const standing = createStanding(1);
  standing.cool(met(1_000), 500);
  expect(standing.succeeded(900)).toBe(false);
  expect([standing.state(1_499), standing.waitMs(1_499)]).toEqual(["cooling", 1]);
  expect([standing.state(1_500), standing.waitMs(1_500)]).toEqual(["probing", 0]);
  standing.sent(1_500);
  expect(standing.waitMs(1_600)).toBeGreaterThan(0);
  standing.ended(1_500);
  expect(standing.waitMs(1_600)).toBe(0);
  standing.sent(1_600);
  expect(standing.succeeded(1_600)).toBe(true);
  expect([standing.state(1_700), standing.reason()]).toEqual(["healthy", undefined]);
});

test("two probing calls are never open: neither the end of an older call nor a new cool-down lets another begin", () => {
  const standing = createStanding(1);
  standing.sent(900);
  standing.cool(met(1_000), 500);
  standing.sent(1_500);
  standing.ended(900);
  expect(standing.waitMs(1_600)).toBeGreaterThan(0);
  standing.cool(met(1_600, 1_550), 100);
  expect([standing.state(1_700), standing.waitMs(1_700)]).toEqual(["probing", 100]);
  standing.ended(1_500);
  expect(standing.waitMs(1_700)).toBe(0);
});

test("calls from before a change of state do not undo it", () => {
  const standing = createStanding(1);
  standing.cool(met(1_000, 900), 500);
  standing.cool(met(1_600, 900), 500);
  expect(standing.state(1_600)).toBe("probing");
  standing.sent(1_600);
  standing.succeeded(1_600);
  standing.ended(1_600);
  for (const late of [met(1_700, 900), met(1_700, 1_599)]) {
    standing.cool(late, 500);
    standing.failed(late);
    standing.disable(late, { probe: false });
    expect(standing.state(1_700)).toBe("healthy");
  }
  standing.disable(met(2_000), { probe: false });
  expect(standing.enable(1_999)).toBe(false);
  standing.reset(3_000);
  standing.disable(met(3_100, 2_500), { probe: false });
  expect(standing.state(3_100)).toBe("probing");
});

test("what is disabled for good stays so, with its reason, whatever else calls meet", () => {
  const standing = createStanding(1);
  standing.disable(met(0), { probe: false });
  standing.cool({ ...met(10), reason: new VlmError(failureOf("TMON_VLM_THROTTLED"), "slow down") }, 500);
  standing.disable(met(20), { probe: true });
  expect([standing.waitMs(30), standing.reason()]).toEqual([Number.POSITIVE_INFINITY, reason]);
});

test("a reset lets one call try what was in trouble; what was not stays as it is", () => {
  const standing = createStanding(1);
  standing.reset(1_000);
  expect(standing.state(1_000)).toBe("healthy");
  standing.disable(met(2_000), { probe: false });
  standing.reset(3_000);
  standing.sent(3_100);
  expect([standing.state(3_100), standing.waitMs(3_100)]).toEqual(["probing", 100]);
  expect(standing.succeeded(3_100)).toBe(true);
  expect(standing.state(3_100)).toBe("healthy");
});
