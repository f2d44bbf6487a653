import { type Canvas, dense, stripBits } from "./canvas.ts";

/** Puts the picture together: where samples were drawn a pixel is the mean of its four. */
export function resolve(canvas: Canvas): void {
  const { width, height, columns, strips, base } = canvas;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x += 1 << stripBits)
      if (strips[y * columns + (x >> stripBits)] === base)
        average(canvas, y, x, Math.min(width, x + (1 << stripBits)));
}

function average({ pixels, colours, ids, width, base }: Canvas, y: number, from: number, to: number): void {
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
