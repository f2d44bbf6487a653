/**
 * Adds smooth value noise, -`strength` to `strength`, at points of the plane. It is quick where each point lies in the
 * same cell as the one before.
 * @param scale cells a unit
 */
export function addNoise(
  sums: Float64Array,
  xs: Float64Array,
  ys: Float64Array,
  scale: number,
  seed: number,
  strength: number,
): void {
  let [cellX, cellY] = [Number.NaN, Number.NaN];
  let [below, belowRight, above, aboveRight] = [0, 0, 0, 0];
  for (let i = 0; i < sums.length; i++) {
    const x = xs[i]! * scale;
    const y = ys[i]! * scale;
    const cx = Math.floor(x);
    const cy = Math.floor(y);
    if (cx !== cellX || cy !== cellY) {
      [cellX, cellY] = [cx, cy];
      below = corner(cx, cy, seed);
      belowRight = corner(cx + 1, cy, seed);
      above = corner(cx, cy + 1, seed);
      aboveRight = corner(cx + 1, cy + 1, seed);
    }
    const fx = smooth(x - cx);
    const fy = smooth(y - cy);
    const low = below * (1 - fx) + belowRight * fx;
    const high = above * (1 - fx) + aboveRight * fx;
    sums[i]! += strength * (low * (1 - fy) + high * fy);
  }
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function corner(x: number, y: number, seed: number): number {
  let mixed = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ seed;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 31 - 1;
}
