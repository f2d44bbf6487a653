import { backgroundAt, type Canvas, dense, tileBits } from "./canvas.ts";

/** Puts the picture together: the mean of a pixel's four samples where something was drawn, else the background. */
export function resolve(canvas: Canvas, pixels: Uint32Array): void {
  const { width, height, columns, tiles, base, background } = canvas;
  for (let y = 0; y < height; y++) {
    const line = backgroundAt(canvas, 0, y);
    pixels.set(background.pixels.subarray(line, line + width), y * width);
    const firstTile = (y >> tileBits) * columns;
    for (let x = 0; x < width; x += 1 << tileBits)
      if (tiles[firstTile + (x >> tileBits)] === base)
        average(canvas, pixels, y, x, Math.min(width, x + (1 << tileBits)));
  }
}

function average(
  { colours, ids, width, base }: Canvas,
  pixels: Uint32Array,
  y: number,
  from: number,
  to: number,
): void {
  const mask = 0xff00ff;
  let above = (y * dense * width + from) * dense;
  let below = above + dense * width;
  for (let x = from; x < to; x++, above += 2, below += 2) {
    const [first, second] = [ids[above]! >= base, ids[above + 1]! >= base];
    const [third, fourth] = [ids[below]! >= base, ids[below + 1]! >= base];
    if (!first && !second && !third && !fourth) continue;
    const at = y * width + x;
    const old = pixels[at]!;
    const a = first ? colours[above]! : old;
    const b = second ? colours[above + 1]! : old;
    const c = third ? colours[below]! : old;
    const d = fourth ? colours[below + 1]! : old;
    if (a === b && a === c && a === d) {
      pixels[at] = a;
      continue;
    }
    const redBlue = (((a & mask) + (b & mask) + (c & mask) + (d & mask)) >>> 2) & mask;
    const green = (((a & 0xff00) + (b & 0xff00) + (c & 0xff00) + (d & 0xff00)) >>> 2) & 0xff00;
    pixels[at] = 0xff000000 | redBlue | green;
  }
}
