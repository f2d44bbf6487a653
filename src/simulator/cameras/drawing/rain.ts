import { brighter } from "./fill.ts";

/** Drops that cross the lens's view while the shutter is open: short bright streaks, a little aslant. */
export function addRain(
  pixels: Uint32Array,
  width: number,
  height: number,
  slant: number,
  random: () => number,
): void {
  const lighten = (at: number, by: number) => {
    pixels[at] = brighter(pixels[at]!, by * 0x010101);
  };
  const drops = 260;
  for (let drop = 0; drop < drops; drop++) {
    const near = random();
    const length = Math.floor(8 + 30 * near * near);
    const strength = Math.floor(18 + 34 * random());
    let x = random() * width;
    let y = Math.floor(random() * height) - length;
    for (let i = 0; i < length; i++, y++, x += slant) {
      const column = Math.floor(x);
      if (y < 0 || y >= height || column < 0 || column >= width) continue;
      lighten(y * width + column, strength);
      if (near > 0.8 && column + 1 < width) lighten(y * width + column + 1, strength >> 1);
    }
  }
}
