import { describe, expect, test } from "vitest";
import { objectClasses } from "../../src/messages/common.ts";
import { decodeYolox, type YoloxLayout, yoloxLayout } from "../../src/vision/yolox.ts";

/** A 64x64 input: 8x8 cells of stride 8, 4x4 of 16, 2x2 of 32. */
const cells = 64 + 16 + 4;

function layoutOf(classes: number): YoloxLayout {
  return yoloxLayout([1, 3, 64, 64], [1, cells, 5 + classes])!;
}

/** An empty output with one cell set. */
function outputWith(
  classes: number,
  cell: number,
  values: number[],
  scores: Record<number, number>,
): Float32Array {
  const columns = 5 + classes;
  const output = new Float32Array(cells * columns);
  output.set(values, cell * columns);
  for (const [index, score] of Object.entries(scores)) output[cell * columns + 5 + Number(index)] = score;
  return output;
}

describe("decoding", () => {
  test("a cell's offset and logarithmic size become a box in pixels of the picture", () => {
    // Stride 16, third column, second row: after the 64 cells of stride 8, 4 to a row.
    const output = outputWith(80, 64 + 4 + 2, [0.5, 0.25, Math.log(2), Math.log(3), 0.9], { 2: 0.8 });
    const [found, ...others] = decodeYolox(output, layoutOf(80), 0.5, 0.35);
    expect(others).toEqual([]);
    expect(found?.class).toBe("car");
    expect(found?.confidence).toBeCloseTo(0.72);
    // Centre (2.5, 1.25) × 16 = (40, 20) and size (2, 3) × 16 = (32, 48) of the input, twice that of the picture.
    const expected = [80 - 32, 40 - 48, 80 + 32, 40 + 48];
    for (const [index, value] of expected.entries()) expect(found?.bbox[index]).toBeCloseTo(value, 3);
  });

  test.each([
    [0, "person"],
    [1, "bicycle"],
    [2, "car"],
    [3, "motorcycle"],
    [5, "bus"],
    [7, "truck"],
    [9, "traffic light"],
    [11, "stop sign"],
  ])("COCO's class %i is a %s", (number, name) => {
    const output = outputWith(80, 0, [0, 0, 0, 0, 1], { [number]: 1 });
    expect(decodeYolox(output, layoutOf(80), 1, 0.35).map((found) => found.class)).toEqual([name]);
  });

  test("a class tmon has no use for is left out, also where a useful one scores less", () => {
    const train = outputWith(80, 0, [0, 0, 0, 0, 1], { 6: 0.9, 7: 0.8 });
    expect(decodeYolox(train, layoutOf(80), 1, 0.35)).toEqual([]);
  });

  test("a model of 8 classes has tmon's own, in order", () => {
    const found = objectClasses.map(
      (_, index) =>
        decodeYolox(outputWith(8, 3, [0, 0, 0, 0, 1], { [index]: 1 }), layoutOf(8), 1, 0.35)[0]?.class,
    );
    expect(found).toEqual([...objectClasses]);
  });

  test("objectness × class below the confidence is nothing", () => {
    expect(decodeYolox(outputWith(80, 0, [0, 0, 0, 0, 0.6], { 2: 0.5 }), layoutOf(80), 1, 0.35)).toEqual([]);
    expect(decodeYolox(outputWith(80, 0, [0, 0, 0, 0, 0.6], { 2: 0.6 }), layoutOf(80), 1, 0.35)).toHaveLength(
      1,
    );
  });

  test.each([
    { input: [1, 3, 64, 64], output: [1, cells, 84], why: "no objectness column" },
    { input: [1, 3, 64, 64], output: [1, 84, cells], why: "columns first" },
    { input: [1, 3, 64, 64], output: [1, cells + 1, 85], why: "cells that do not match the strides" },
    { input: [1, 1, 64, 64], output: [1, cells, 85], why: "one channel" },
    { input: [1, 3, "height", "width"], output: [1, cells, 85], why: "no size of its own" },
    { input: [1, 3, 64, 64], output: [1, 1000], why: "a classifier" },
  ])("a model with $why is not of this layout", ({ input, output }) => {
    expect(yoloxLayout(input, output)).toBeUndefined();
  });
});
