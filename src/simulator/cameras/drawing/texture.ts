/** Value noise in -1 to 1 over the plane, a cell a unit; smooth. */
export function noiseAt(x: number, y: number, seed: number): number {
  const cx = Math.floor(x);
  const cy = Math.floor(y);
  const fx = smooth(x - cx);
  const fy = smooth(y - cy);
  const below = corner(cx, cy, seed) * (1 - fx) + corner(cx + 1, cy, seed) * fx;
  const above = corner(cx, cy + 1, seed) * (1 - fx) + corner(cx + 1, cy + 1, seed) * fx;
  return below * (1 - fy) + above * fy;
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
