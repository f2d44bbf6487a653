import { type Canvas, dense, stripBits } from "./canvas.ts";

/** Puts the picture together: where samples were drawn a pixel is the mean of its four. */
export function resolve({ raster, width, height, columns, strips, pixels, colours, base }: Canvas): void {
  const row = 4 * dense * width;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x += 1 << stripBits) {
      if (strips[y * columns + (x >> stripBits)] !== base) continue;
      const pixel = pixels.byteOffset + 4 * (y * width + x);
      const length = 4 * Math.min(width - x, 1 << stripBits);
      raster.average(pixel, pixel + length, dense * (y * row + 4 * x), row, colours.byteLength, base);
    }
}
