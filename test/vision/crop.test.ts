import { describe, expect, test } from "vitest";
import { cropRectangle } from "../../src/vision/crop.ts";

const frame = { width: 640, height: 360 };
const rules = { marginPx: 12, maxSidePx: 768 };

describe("crops", () => {
  test("a box gets a margin of 12 px on each side", () => {
    expect(cropRectangle([100, 80, 200, 140], frame, rules)).toEqual({
      left: 88,
      top: 68,
      width: 124,
      height: 84,
    });
  });

  test("at the frame's edge the margin ends there", () => {
    expect(cropRectangle([0, 0, 50, 40], frame, rules)).toEqual({ left: 0, top: 0, width: 62, height: 52 });
    expect(cropRectangle([600, 330, 640, 360], frame, rules)).toEqual({
      left: 588,
      top: 318,
      width: 52,
      height: 42,
    });
  });

  test("the whole frame is at most the frame", () => {
    expect(cropRectangle([0, 0, 640, 360], frame, rules)).toEqual({
      left: 0,
      top: 0,
      width: 640,
      height: 360,
    });
  });

  test("no side is under 11 px, wherever the box is", () => {
    for (const box of [
      [0, 0, 1, 1],
      [639, 359, 640, 360],
      [300, 0, 301, 360],
    ] as const) {
      const { left, top, width, height } = cropRectangle([...box], frame, { ...rules, marginPx: 0 });
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(11);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(frame.width);
      expect(top + height).toBeLessThanOrEqual(frame.height);
    }
  });

  test("a very long box stays under 200:1, and over 10 px once scaled down to the longest side", () => {
    const wide = { width: 8000, height: 2000 };
    const { width, height } = cropRectangle([0, 990, 8000, 1000], wide, rules);
    expect(width / height).toBeLessThanOrEqual(200);
    expect((height * 768) / width).toBeGreaterThanOrEqual(11);
  });
});
