import { describe, expect, it } from "vitest";
import { type ProfileName, profileNames, rateAt, schedule } from "../../../src/runtime/load-test/profile.ts";

const profile = (name: ProfileName) => ({ name, rate: 50, forMs: 10_000 });
const sentWithin = (name: ProfileName, fromMs: number, untilMs: number) =>
  [...schedule(profile(name))].filter((ms) => ms >= fromMs && ms < untilMs).length;

describe("the load's profile", () => {
  it.each([
    ["steady", 500],
    ["ramp", 250],
    ["spike", 140],
    ["step", 2750],
  ] as const)("%s sends %i messages in ten seconds at 50 a second", (name, count) => {
    expect(Math.abs(sentWithin(name, 0, 10_000) - count)).toBeLessThanOrEqual(1);
  });

  it.each([1, 3, 7, 10, 20, 30, 300])("steady at %i a second is exactly so many", (rate) => {
    expect([...schedule({ name: "steady", rate, forMs: 60_000 })]).toHaveLength(60 * rate);
  });

  it("ramp reaches its rate at the end, spike in the middle, step adds its rate every tenth", () => {
    expect([0, 5_000, 9_999].map((ms) => Math.round(rateAt(profile("ramp"), ms)))).toEqual([0, 25, 50]);
    expect([0, 5_000, 9_999].map((ms) => rateAt(profile("spike"), ms))).toEqual([5, 50, 5]);
    expect([0, 1_000, 9_999].map((ms) => rateAt(profile("step"), ms))).toEqual([50, 100, 500]);
  });

  it("times never go back, more than one a millisecond included", () => {
    for (const name of profileNames) {
      const times = [...schedule({ name, rate: 3_000, forMs: 100 })];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    expect([...schedule({ name: "steady", rate: 3_000, forMs: 100 })]).toHaveLength(300);
  });
});
