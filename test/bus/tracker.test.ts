import { describe, expect, test } from "vitest";
import { countOffsets, maxSpan } from "../../src/bus/acknowledged-offsets.ts";
import { createTracker, type Tracker } from "../../src/bus/tracker.ts";

function handOut(tracker: Tracker, from: number, to: number): void {
  for (let offset = from; offset < to; offset++) tracker.handOut(offset);
}

const restart = (tracker: Tracker): Tracker =>
  createTracker({ watermark: tracker.watermark(), acknowledged: tracker.acknowledged() });

test("the watermark stays below the oldest message in flight", () => {
  const tracker = createTracker({ watermark: 10, acknowledged: "" });
  handOut(tracker, 10, 14);
  tracker.acknowledge(11);
  tracker.acknowledge(13);
  expect(tracker.watermark()).toBe(10);
  tracker.acknowledge(10);
  expect(tracker.watermark()).toBe(12);
  tracker.acknowledge(12);
  expect(tracker.watermark()).toBe(14);
  expect(tracker.acknowledged()).toBe("");
});

test("an acknowledgement counts once", () => {
  const tracker = createTracker({ watermark: 0, acknowledged: "" });
  handOut(tracker, 0, 2);
  expect(tracker.acknowledge(1)).toBe(true);
  expect(tracker.acknowledge(1)).toBe(false);
  expect(tracker.acknowledge(7)).toBe(false);
  expect(tracker.inFlight()).toBe(1);
});

test("what was acknowledged before anything was handed out again is not forgotten by a second restart", () => {
  const tracker = createTracker({ watermark: 0, acknowledged: "" });
  handOut(tracker, 0, 50);
  for (const offset of [3, 7, 49]) tracker.acknowledge(offset);
  const twice = restart(restart(tracker));
  expect([3, 7, 49].some((offset) => twice.isOpen(offset))).toBe(false);
  expect(twice.isOpen(4)).toBe(true);
  expect(countOffsets(twice.acknowledged())).toBe(3);
});

test("offsets passed over count as done", () => {
  const tracker = createTracker({ watermark: 5, acknowledged: "" });
  tracker.passOver(9);
  expect(tracker.watermark()).toBe(10);
  expect(tracker.position()).toBe(10);
});

test("the text never exceeds what a Kafka commit takes, and a full tracker says so first", () => {
  const tracker = createTracker({ watermark: 1_000_000, acknowledged: "" });
  let offset = 1_000_000;
  while (!tracker.full()) {
    tracker.handOut(offset);
    if (offset > 1_000_000) tracker.acknowledge(offset);
    offset += 1;
  }
  expect(offset - 1_000_000).toBe(maxSpan);
  expect(tracker.acknowledged().length).toBeLessThanOrEqual(4_000);
  expect(countOffsets(tracker.acknowledged())).toBe(maxSpan - 1);
  expect(restart(tracker).isOpen(offset - 1)).toBe(false);
  tracker.acknowledge(1_000_000);
  expect(tracker.full()).toBe(false);
});

describe("whatever the order of acknowledgements", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("a restart repeats exactly what was in flight (seed %i)", (seed) => {
    const random = mulberry32(seed);
    const done = new Set<number>();
    let tracker = createTracker({ watermark: 100, acknowledged: "" });
    for (let round = 0; round < 20; round++) {
      const open: number[] = [];
      for (let count = 0; count < 40; count++) {
        const offset = tracker.position();
        expect(tracker.isOpen(offset)).toBe(!done.has(offset));
        if (!tracker.isOpen(offset)) tracker.passOver(offset);
        else {
          tracker.handOut(offset);
          open.push(offset);
        }
      }
      for (const offset of open.filter(() => random() < 0.7)) {
        tracker.acknowledge(offset);
        done.add(offset);
      }
      for (let offset = 100; offset < tracker.watermark(); offset++) expect(done.has(offset)).toBe(true);
      expect(done.has(tracker.watermark())).toBe(false);
      if (random() < 0.5) tracker = restart(tracker);
    }
  });
});

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("what was abandoned is neither done nor in flight, and can be handed out again", () => {
  const tracker = createTracker({ watermark: 0, acknowledged: "" });
  for (let offset = 0; offset < 5; offset++) tracker.handOut(offset);
  expect([1, 3].map((offset) => tracker.abandon(offset))).toEqual([true, true]);
  expect(tracker.abandon(1)).toBe(false);
  expect(tracker.acknowledge(3)).toBe(false);
  for (const offset of [0, 2, 4]) tracker.acknowledge(offset);
  expect(tracker.inFlight()).toBe(0);
  expect(tracker.watermark()).toBe(1);
  expect([1, 2, 3, 4].filter((offset) => restart(tracker).isOpen(offset))).toEqual([1, 3]);

  tracker.reclaim();
  expect(tracker.position()).toBe(1);
  expect([1, 2, 3, 4].filter((offset) => tracker.isOpen(offset))).toEqual([1, 3]);
  for (const offset of [1, 3]) tracker.handOut(offset);
  expect(tracker.isOpen(1)).toBe(false);
  tracker.acknowledge(3);
  expect(tracker.watermark()).toBe(1);
  tracker.acknowledge(1);
  expect(tracker.watermark()).toBe(5);
});
