import { type Canvas, dense, stripBits, touch } from "./canvas.ts";

/** 1 / depth over the picture: linear in columns and rows of samples. */
export interface Plane {
  origin: number;
  perColumn: number;
  perRow: number;
}

/** A solid's side, as far as it is nearer than what is there; 1 / depth is `plane`. */
export function fillSolid(
  canvas: Canvas,
  top: number,
  bottom: number,
  plane: Plane,
  colour: number,
  number: number,
): void {
  const { raster, colours, still, spans, width, base, counts } = canvas;
  if (counts) countCovered(canvas, top, bottom, number);
  raster.fillSolid(
    top,
    bottom + 1,
    dense * width,
    spans.byteOffset,
    colours.byteLength,
    still.byteOffset,
    plane.origin,
    plane.perColumn,
    plane.perRow,
    colour,
    base + number,
    base,
  );
}

/** Counts the samples of the thing's whole shape. */
function countCovered(
  { covers, shapes, spans, width, base }: Canvas,
  top: number,
  bottom: number,
  number: number,
): void {
  for (let row = top; row <= bottom; row++) {
    const start = row * dense * width;
    for (let at = start + spans[2 * row]!; at < start + spans[2 * row + 1]!; at++) {
      if (covers[at] === base + number) continue;
      covers[at] = base + number;
      shapes[number]!++;
    }
  }
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

/** One row of pixels in a light. Those that lie in it as a whole stay whole: samples are drawn along its edges alone. */
export function fillLight(canvas: Canvas, y: number, light: number): void {
  const { spans } = canvas;
  const upper = dense * y;
  const lower = upper + 1;
  const from = (Math.max(spans[2 * upper]!, spans[2 * lower]!) + 1) >> 1;
  const to = Math.max(from, Math.min(spans[2 * upper + 1]!, spans[2 * lower + 1]!) >> 1);
  lightPixels(canvas, y, from, to, light);
  for (let row = upper; row <= lower; row++) {
    const begin = spans[2 * row]!;
    const end = spans[2 * row + 1]!;
    lightSamples(canvas, row, begin, Math.min(end, dense * from), light);
    lightSamples(canvas, row, Math.max(begin, dense * to), end, light);
  }
}

function lightPixels(canvas: Canvas, y: number, from: number, to: number, light: number): void {
  if (to <= from) return;
  const { raster, pixels, still, width, strips, columns, base } = canvas;
  const first = y * width + from;
  raster.brighten(pixels.byteOffset + 4 * first, still.byteOffset + 2 * first, to - from, light);
  for (let strip = from >> stripBits; strip <= (to - 1) >> stripBits; strip++) {
    if (strips[y * columns + strip] !== base) continue;
    const left = dense * Math.max(from, strip << stripBits);
    const right = dense * Math.min(to, (strip + 1) << stripBits);
    for (let row = dense * y; row < dense * (y + 1); row++) lightDrawn(canvas, row, left, right, light);
  }
}

/** Samples that show the ground otherwise than their pixel does. */
function lightDrawn(
  { colours, ids, width, base }: Canvas,
  row: number,
  from: number,
  to: number,
  light: number,
): void {
  const start = row * dense * width;
  for (let at = start + from; at < start + to; at++)
    if (ids[at] === base) colours[at] = brighter(colours[at]!, light);
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
