import { describe, expect, test } from "vitest";
import { createLetterbox } from "../../src/vision/letterbox.ts";
import type { RgbPicture } from "../../src/vision/picture.ts";

/** Bilinear as its definition has it: one output value at a time, pixel centres aligned, edges repeated. */
function slowBilinear(
  picture: RgbPicture,
  width: number,
  height: number,
  x: number,
  y: number,
  channel: number,
) {
  const at = (column: number, row: number) => {
    const c = Math.min(Math.max(column, 0), picture.width - 1);
    const r = Math.min(Math.max(row, 0), picture.height - 1);
    return picture.pixels[(r * picture.width + c) * 3 + channel]!;
  };
  const u = ((x + 0.5) * picture.width) / width - 0.5;
  const v = ((y + 0.5) * picture.height) / height - 0.5;
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const upper = at(left, top) * (1 - (u - left)) + at(left + 1, top) * (u - left);
  const lower = at(left, top + 1) * (1 - (u - left)) + at(left + 1, top + 1) * (u - left);
  return upper * (1 - (v - top)) + lower * (v - top);
}

function noise(width: number, height: number): RgbPicture {
  let seed = width * 31 + height;
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 24;
  });
  return { pixels, width, height };
}

describe("letterbox", () => {
  test.each([
    { width: 64, height: 36, name: "a wide picture, made smaller" },
    { width: 30, height: 50, name: "a tall one" },
    { width: 400, height: 300, name: "a large one" },
    { width: 13, height: 7, name: "a small one, made larger" },
    { width: 32, height: 32, name: "one of the input's size" },
    { width: 32, height: 20, name: "one of the input's width" },
    { width: 20, height: 32, name: "one of the input's height" },
    { width: 1, height: 1, name: "a single pixel" },
    { width: 101, height: 1, name: "a single row" },
  ])("$name: equals slow bilinear, blue first, and grey around", ({ width, height }) => {
    const side = 32;
    const picture = noise(width, height);
    const letterbox = createLetterbox(side, side);
    const { input, scale } = letterbox.fit(picture);
    expect(scale).toBe(Math.min(side / width, side / height));

    const fitted = {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    };
    for (let plane = 0; plane < 3; plane++) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const inside = x < fitted.width && y < fitted.height;
          const expected = inside ? slowBilinear(picture, fitted.width, fitted.height, x, y, 2 - plane) : 114;
          expect(input[(plane * side + y) * side + x]).toBeCloseTo(expected, 2);
        }
      }
    }
  });

  test("a picture of another size leaves nothing of the one before", () => {
    const reused = createLetterbox(32, 32);
    reused.fit(noise(32, 32));
    reused.fit(noise(300, 500));
    const { input } = reused.fit(noise(64, 20));
    expect(input).toEqual(createLetterbox(32, 32).fit(noise(64, 20)).input);
  });
});
