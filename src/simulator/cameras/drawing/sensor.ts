import { seededRandom } from "../../random.ts";

/** As many values as noise repeats after, and some more, so that a row never reaches past the end. */
const period = 1 << 16;
const tables = new Map<number, Int8Array>();

/** Values with noise, from -offset on, cut off to a byte: quicker than a Uint8ClampedArray. */
const offset = 256;
const clamped = Uint8Array.from({ length: 3 * offset }, (_, i) => Math.max(0, Math.min(255, i - offset)));

/** Normally distributed numbers of this standard deviation (the sum of uniform ones), the same for ever. */
function tableOf(deviation: number): Int8Array {
  const known = tables.get(deviation);
  if (known) return known;
  const random = seededRandom(Math.round(deviation * 100));
  const table = new Int8Array(period + 4096);
  for (let i = 0; i < period; i++)
    table[i] = Math.round((random() + random() + random() + random() - 2) * deviation * 1.73);
  table.copyWithin(period, 0, 4096);
  tables.set(deviation, table);
  return table;
}

/** Writes red, green and blue with the sensor's noise: some in all three, some in each. */
export function expose(
  pixels: Uint32Array,
  width: number,
  height: number,
  deviation: number,
  random: () => number,
  out: Uint8Array,
): void {
  const table = tableOf(deviation);
  let at = 0;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const all = Math.floor(random() * period);
    const own = Math.floor(random() * period);
    for (let x = 0; x < width; x++, at++, to += 3) {
      const colour = pixels[at]!;
      const grey = table[all + x]! + offset;
      const tint = table[own + x]! >> 1;
      out[to] = clamped[(colour & 255) + grey + tint]!;
      out[to + 1] = clamped[((colour >>> 8) & 255) + grey]!;
      out[to + 2] = clamped[((colour >>> 16) & 255) + grey - tint]!;
    }
  }
}
