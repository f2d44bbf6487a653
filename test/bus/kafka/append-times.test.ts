import { expect, it } from "vitest";
import { createAppendTimes } from "../../../src/bus/kafka/append-times.ts";

it("a message's time lies between the looks before and after it; of one from before the first nobody knows", () => {
  const times = createAppendTimes();
  times.seen("t/0", 10, 1_000);
  times.seen("t/0", 10, 2_000);
  times.seen("t/0", 14, 3_000);
  times.seen("t/1", 3, 3_000);
  expect([9, 10, 13, 14].map((offset) => times.timeOf("t/0", offset))).toEqual([
    undefined,
    2_125,
    2_875,
    undefined,
  ]);
  expect(times.timeOf("t/1", 2)).toBeUndefined();
});

it("keeps a bounded number of looks, the older ones coarser", () => {
  const times = createAppendTimes();
  for (let look = 0; look <= 10_000; look++) times.seen("t/0", look, look * 1_000);
  for (const offset of [0, 1, 5_000, 9_998, 9_999]) {
    const error = times.timeOf("t/0", offset)! - (offset + 0.5) * 1_000;
    expect(Math.abs(error)).toBeLessThanOrEqual(1);
  }
});

it("a topic that was made anew has no times of the old one", () => {
  const times = createAppendTimes();
  for (const [end, at] of [
    [100, 1_000],
    [200, 2_000],
    [0, 3_000],
    [50, 4_000],
  ] as const)
    times.seen("t/0", end, at);
  expect(times.timeOf("t/0", 150)).toBeUndefined();
  expect(times.timeOf("t/0", 25)).toBe(3_510);
});
