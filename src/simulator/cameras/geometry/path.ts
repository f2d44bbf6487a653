import { distance, type Point } from "./vector.ts";

/** A way along the ground, known at every metre. */
export interface Path {
  /** Metres. */
  readonly length: number;
  /** Points and unit directions, one a step. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly dxs: Float64Array;
  readonly dys: Float64Array;
}

export interface Pose {
  readonly x: number;
  readonly y: number;
  /** Unit vector of its direction. */
  readonly dx: number;
  readonly dy: number;
}

/** Metres between two known points. */
export const step = 1;

/** The way through these points, with even steps. */
export function pathThrough(points: readonly Point[]): Path {
  const lengths = points
    .slice(1)
    .map((point, i) => distance(point[0] - points[i]![0], point[1] - points[i]![1]));
  const length = lengths.reduce((sum, each) => sum + each, 0);
  const count = Math.floor(length / step) + 2;
  const path = {
    length,
    xs: new Float64Array(count),
    ys: new Float64Array(count),
    dxs: new Float64Array(count),
    dys: new Float64Array(count),
  };
  let segment = 0;
  let begun = 0;
  for (let i = 0; i < count; i++) {
    const at = i * step;
    while (segment < lengths.length - 1 && at > begun + lengths[segment]!) begun += lengths[segment++]!;
    const [from, to, span] = [points[segment]!, points[segment + 1]!, lengths[segment]!];
    const share = (at - begun) / span;
    path.xs[i] = from[0] + share * (to[0] - from[0]);
    path.ys[i] = from[1] + share * (to[1] - from[1]);
    path.dxs[i] = (to[0] - from[0]) / span;
    path.dys[i] = (to[1] - from[1]) / span;
  }
  return path;
}

/** Where one is after `s` metres, `offset` metres to the left of the way; before its start and past its end it goes straight on. */
export function poseAt(path: Path, s: number, offset = 0): Pose {
  const last = path.xs.length - 2;
  const i = s <= 0 ? 0 : Math.min(last, Math.floor(s / step));
  const share = s / step - i;
  const dx = path.dxs[i]!;
  const dy = path.dys[i]!;
  const x = path.xs[i]! + share * (path.xs[i + 1]! - path.xs[i]!);
  const y = path.ys[i]! + share * (path.ys[i + 1]! - path.ys[i]!);
  return { x: x - offset * dy, y: y + offset * dx, dx, dy };
}

/** The same way, the other way round. */
export function reversed(path: Path): Path {
  const points: Point[] = [];
  for (let s = path.length; s > 0; s -= step) points.push(pointAt(path, s));
  points.push([path.xs[0]!, path.ys[0]!]);
  return pathThrough(points);
}

/** How far along the way the point nearest to this one lies, looking no further than `from` to `to`, in steps. */
export function nearestOn(path: Path, x: number, y: number, from = 0, to = path.length): number {
  const last = Math.min(path.xs.length - 1, Math.ceil(to / step));
  let best = Math.max(0, Math.floor(from / step));
  let least = Number.POSITIVE_INFINITY;
  for (let i = best; i <= last; i++) {
    const away = (path.xs[i]! - x) * (path.xs[i]! - x) + (path.ys[i]! - y) * (path.ys[i]! - y);
    if (away < least) {
      least = away;
      best = i;
    }
  }
  // Within the step, by the direction there.
  return best * step + (x - path.xs[best]!) * path.dxs[best]! + (y - path.ys[best]!) * path.dys[best]!;
}

/** A bend from one straight into another, by a quadratic Bézier curve; its first point is not repeated. */
export function bend(from: Point, corner: Point, to: Point, pieces = 12): Point[] {
  return Array.from({ length: pieces }, (_, index) => {
    const t = (index + 1) / pieces;
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    return [a * from[0] + b * corner[0] + c * to[0], a * from[1] + b * corner[1] + c * to[1]] as const;
  });
}

function pointAt(path: Path, s: number): Point {
  const { x, y } = poseAt(path, s);
  return [x, y];
}
