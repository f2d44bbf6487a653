import { backgroundAt, type Canvas, dense, depthUnit } from "./canvas.ts";

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
  const { colours, depths, ids, covers, shapes, base, counts } = canvas;
  const still = canvas.background.depths;
  const line = backgroundAt(canvas, 0, row >> 1);
  const start = row * dense * canvas.width;
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
    } else if (here * depthUnit < still[line + (column >> 1)]! - tolerance) continue;
    depths[at] = here;
    colours[at] = colour;
    ids[at] = id;
  }
  shapes[number] = shapes[number]! + covered;
}

export function fillPaint(
  { colours, ids, width, base }: Canvas,
  row: number,
  from: number,
  to: number,
  colour: number,
): void {
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
  const { colours, ids, covers, base } = canvas;
  const { pixels, depths } = canvas.background;
  const line = backgroundAt(canvas, 0, row >> 1);
  const start = row * dense * canvas.width;
  const id = base + number;
  for (let column = from; column < to; column++) {
    const at = start + column;
    const pixel = line + (column >> 1);
    if (covers[at] === id || depths[pixel] !== 0) continue;
    covers[at] = id;
    const colour = ids[at] === base ? colours[at]! : pixels[pixel]!;
    ids[at] = base;
    const redBlue = (((colour & 0xff00ff) * factor) >>> 8) & 0xff00ff;
    const green = (((colour & 0x00ff00) * factor) >>> 8) & 0x00ff00;
    colours[at] = 0xff000000 | redBlue | green;
  }
}

export function fillLight(canvas: Canvas, row: number, from: number, to: number, light: number): void {
  const { colours, ids, base } = canvas;
  const { pixels, depths } = canvas.background;
  const line = backgroundAt(canvas, 0, row >> 1);
  const start = row * dense * canvas.width;
  let bare = -1;
  let bareLit = 0;
  for (let column = from; column < to; column++) {
    const at = start + column;
    const pixel = line + (column >> 1);
    if (depths[pixel] !== 0) continue;
    if (ids[at] === base) {
      colours[at] = brighter(colours[at]!, light);
      continue;
    }
    // A pixel's samples have one background.
    if (pixel !== bare) bareLit = brighter(pixels[pixel]!, light);
    bare = pixel;
    colours[at] = bareLit;
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
