import { cross, dot, minus, type Point, unit, type Vector } from "./vector.ts";

/** A pinhole camera: where it stands, where it looks, and its picture. */
export interface Pinhole {
  readonly position: Vector;
  readonly right: Vector;
  readonly up: Vector;
  readonly forward: Vector;
  /** Focal length in pixels. */
  readonly focal: number;
  readonly width: number;
  readonly height: number;
}

/** What is nearer than this, metres along the optical axis, is cut off. */
export const nearest = 0.5;

/** @param target the point of the ground in the middle of the picture */
export function createPinhole(
  position: Vector,
  target: Point,
  { focal, width, height }: Pick<Pinhole, "focal" | "width" | "height">,
): Pinhole {
  const forward = unit(minus([target[0], target[1], 0], position));
  const right = unit(cross(forward, [0, 0, 1]));
  return { position, right, up: cross(right, forward), forward, focal, width, height };
}

/** Distance along the optical axis, metres. */
export function depthOf(camera: Pinhole, point: Vector): number {
  return dot(minus(point, camera.position), camera.forward);
}

/** [column, row] in pixels, 0 at the left and upper edge; undefined where the point is behind the camera. */
export function project(camera: Pinhole, point: Vector): Point | undefined {
  const ray = minus(point, camera.position);
  const depth = dot(ray, camera.forward);
  if (depth < nearest) return undefined;
  const scale = camera.focal / depth;
  return [camera.width / 2 + scale * dot(ray, camera.right), camera.height / 2 - scale * dot(ray, camera.up)];
}

/**
 * The ground along a row of pixels, at their middles. It is all at one depth, as the camera does not lean to a side.
 * @param xs where the points are written to, as `ys`
 * @returns the depth, metres; undefined above the horizon
 */
export function groundAlong(
  camera: Pinhole,
  row: number,
  xs: Float64Array,
  ys: Float64Array,
): number | undefined {
  const { position, right, up, forward, focal, width, height } = camera;
  const y = (height / 2 - row) / focal;
  const down = forward[2] + y * up[2];
  if (down > -1e-4) return undefined;
  const depth = -position[2] / down;
  for (let i = 0; i < xs.length; i++) {
    const x = (i + 0.5 - width / 2) / focal;
    xs[i] = position[0] + depth * (forward[0] + x * right[0] + y * up[0]);
    ys[i] = position[1] + depth * (forward[1] + x * right[1] + y * up[1]);
  }
  return depth;
}

/** Whether a point of the ground is in the picture, at least `margin` pixels from its edges. */
export function sees(camera: Pinhole, point: Point, margin = 0): boolean {
  const at = project(camera, [point[0], point[1], 0]);
  if (!at) return false;
  const inside = (value: number, size: number) => value >= margin && value < size - margin;
  return inside(at[0], camera.width) && inside(at[1], camera.height);
}
