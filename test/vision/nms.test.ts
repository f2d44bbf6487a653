import { describe, expect, test } from "vitest";
import type { Box } from "../../src/messages/common.ts";
import { iou } from "../../src/vision/box.ts";
import { clampBox, suppressOverlaps } from "../../src/vision/nms.ts";

const object = (name: string, confidence: number, bbox: Box) => ({ class: name, confidence, bbox });

test("IoU: 1 of the same box, 0 apart or touching, a third of two halves shared", () => {
  expect(iou([0, 0, 10, 10], [0, 0, 10, 10])).toBe(1);
  expect(iou([0, 0, 10, 10], [20, 0, 30, 10])).toBe(0);
  expect(iou([0, 0, 10, 10], [10, 0, 20, 10])).toBe(0);
  expect(iou([0, 0, 10, 10], [5, 0, 15, 10])).toBeCloseTo(1 / 3);
});

describe("overlaps", () => {
  test("a vehicle seen as car and truck stays one object, the more confident one", () => {
    const kept = suppressOverlaps(
      [object("truck", 0.5, [1, 0, 101, 50]), object("car", 0.8, [0, 0, 100, 50])],
      0.5,
    );
    expect(kept.map(({ class: name }) => name)).toEqual(["car"]);
  });

  test("a suppressed box suppresses no other", () => {
    const kept = suppressOverlaps(
      [
        object("car", 0.9, [0, 0, 100, 10]),
        object("car", 0.8, [30, 0, 130, 10]),
        object("car", 0.7, [60, 0, 160, 10]),
      ],
      0.5,
    );
    expect(kept.map(({ confidence }) => confidence)).toEqual([0.9, 0.7]);
  });

  test("none, one and sixty objects apart are all kept", () => {
    for (const count of [0, 1, 60]) {
      const objects = Array.from({ length: count }, (_, i) =>
        object("car", 0.5, [i * 20, 0, i * 20 + 10, 10]),
      );
      expect(suppressOverlaps(objects, 0.5)).toHaveLength(count);
    }
  });
});

test("a box over the picture's edge is cut off there", () => {
  expect(clampBox([-5, -1, 700, 400], 640, 360)).toEqual([0, 0, 640, 360]);
});
