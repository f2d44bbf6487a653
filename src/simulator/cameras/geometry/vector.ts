/** [x, y, z] in metres: x east, y north, z up; the road is at z = 0. */
export type Vector = readonly [number, number, number];
/** [x, y] on the ground, metres. */
export type Point = readonly [number, number];

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function unit(a: Vector): Vector {
  const length = Math.sqrt(dot(a, a));
  return [a[0] / length, a[1] / length, a[2] / length];
}

/** Math.hypot, but correctly rounded everywhere: only what IEEE 754 defines gives the same pixels everywhere. */
export function distance(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

const turn = 2 * Math.PI;

/**
 * Sine by its Taylor series, within 1e-8. Math.sin may differ in the last bit from one engine to the next, and
 * equal seeds must give equal pixels.
 */
export function sine(angle: number): number {
  let x = angle - turn * Math.floor(angle / turn + 0.5);
  if (x > Math.PI / 2) x = Math.PI - x;
  if (x < -Math.PI / 2) x = -Math.PI - x;
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 2; n <= 14; n += 2) {
    term *= -square / (n * (n + 1));
    sum += term;
  }
  return sum;
}

export function cosine(angle: number): number {
  return sine(angle + Math.PI / 2);
}

export function clamp(value: number, least: number, most: number): number {
  return value < least ? least : value > most ? most : value;
}
