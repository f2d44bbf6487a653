import { type Canvas, dense, depthUnit, stripBits, touch } from "./canvas.ts";

/** A sample and half a pixel of what stands still may stand at one depth. */
const tolerance = 1;

/** One row of a solid's side; `near` is 1 / depth at its first sample, `step` its change a sample. */
export function fillSolid(
  canvas: Canvas,
  row: number,
  from: number,
  to: number,
  near: number,
  step: number,
  colour: number,
  number: number,
): void {
  const { colours, depths, ids, still, covers, shapes, base, counts, width } = canvas;
  const firstPixel = (row >> 1) * width;
  const start = row * dense * width;
  const id = base + number;
  let covered = 0;
  let here = near;
  for (let column = from; column < to; column++, here += step) {
    const at = start + column;
    if (counts && covers[at] !== id) {
      covers[at] = id;
      covered++;
    }
    if (ids[at]! > base) {
      if (here <= depths[at]!) continue;
    } else if (here * depthUnit < still[firstPixel + (column >> 1)]! - tolerance) continue;
    depths[at] = here;
    colours[at] = colour;
    ids[at] = id;
  }
  shapes[number] = shapes[number]! + covered;
}

export function fillPaint(canvas: Canvas, row: number, from: number, to: number, colour: number): void {
  const { colours, ids, width, base } = canvas;
  const start = row * dense * width;
  colours.fill(colour, start + from, start + to);
  ids.fill(base, start + from, start + to);
}

/** Shadows that overlap do not darken twice. */
export function fillShade(
  canvas: Canvas,
  row: number,
  from: number,
  to: number,
  factor: number,
  number: number,
): void {
  const { pixels, still, colours, ids, covers, base, width } = canvas;
  const firstPixel = (row >> 1) * width;
  const start = row * dense * width;
  const id = base + number;
  for (let column = from; column < to; column++) {
    const at = start + column;
    const pixel = firstPixel + (column >> 1);
    if (covers[at] === id || still[pixel] !== 0) continue;
    covers[at] = id;
    const colour = ids[at] === base ? colours[at]! : pixels[pixel]!;
    ids[at] = base;
    const redBlue = (((colour & 0xff00ff) * factor) >>> 8) & 0xff00ff;
    const green = (((colour & 0x00ff00) * factor) >>> 8) & 0x00ff00;
    colours[at] = 0xff000000 | redBlue | green;
  }
}

/**
 * One row of pixels in a light. Those that lie in it as a whole stay whole: samples are drawn along its edges alone.
 * @param spanFrom by row of samples, as `spanTo`: where the light begins, and where it ends
 */
export function fillLight(
  canvas: Canvas,
  y: number,
  spanFrom: Int32Array,
  spanTo: Int32Array,
  light: number,
): void {
  const upper = dense * y;
  const lower = upper + 1;
  const from = (Math.max(spanFrom[upper]!, spanFrom[lower]!) + 1) >> 1;
  const to = Math.max(from, Math.min(spanTo[upper]!, spanTo[lower]!) >> 1);
  lightPixels(canvas, y, from, to, light);
  for (let row = upper; row <= lower; row++) {
    lightSamples(canvas, row, spanFrom[row]!, Math.min(spanTo[row]!, dense * from), light);
    lightSamples(canvas, row, Math.max(spanFrom[row]!, dense * to), spanTo[row]!, light);
  }
}

function lightPixels(canvas: Canvas, y: number, from: number, to: number, light: number): void {
  const { pixels, still, width, strips, columns, base } = canvas;
  for (let x = from; x < to; x++) {
    const pixel = y * width + x;
    if (still[pixel] !== 0) continue;
    pixels[pixel] = brighter(pixels[pixel]!, light);
    if (strips[y * columns + (x >> stripBits)] === base) lightDrawn(canvas, y, x, light);
  }
}

/** The samples of a pixel that show the ground otherwise than the pixel does. */
function lightDrawn({ colours, ids, width, base }: Canvas, y: number, x: number, light: number): void {
  for (let sample = 0; sample < dense * dense; sample++) {
    const at = (dense * y + (sample >> 1)) * dense * width + dense * x + (sample & 1);
    if (ids[at] === base) colours[at] = brighter(colours[at]!, light);
  }
}

function lightSamples(canvas: Canvas, row: number, from: number, to: number, light: number): void {
  if (to <= from) return;
  touch(canvas, row, from, to);
  const { pixels, still, colours, ids, width, base } = canvas;
  for (let column = from; column < to; column++) {
    const pixel = (row >> 1) * width + (column >> 1);
    if (still[pixel] !== 0) continue;
    const at = row * dense * width + column;
    colours[at] = brighter(ids[at] === base ? colours[at]! : pixels[pixel]!, light);
    ids[at] = base;
  }
}

/** The sum of two colours, each channel cut off at 255: two at a time, where what is carried over fills its channel. */
export function brighter(colour: number, light: number): number {
  const redBlue = (colour & 0xff00ff) + (light & 0xff00ff);
  const green = (colour & 0x00ff00) + (light & 0x00ff00);
  const over = (redBlue & 0x1000100) | (green & 0x0010000);
  return 0xff000000 | (redBlue & 0xff00ff) | (green & 0x00ff00) | (over - (over >>> 8));
}
