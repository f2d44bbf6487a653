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

/** The point of the ground seen at a pixel; undefined above the horizon. */
export function groundAt(camera: Pinhole, column: number, row: number): Point | undefined {
  const { position, right, up, forward, focal, width, height } = camera;
  const x = (column - width / 2) / focal;
  const y = (height / 2 - row) / focal;
  const ray = (axis: 0 | 1 | 2) => forward[axis] + x * right[axis] + y * up[axis];
  const down = ray(2);
  if (down > -1e-4) return undefined;
  const reach = -position[2] / down;
  return [position[0] + reach * ray(0), position[1] + reach * ray(1)];
}

/** Whether a point of the ground is in the picture, at least `margin` pixels from its edges. */
export function sees(camera: Pinhole, point: Point, margin = 0): boolean {
  const at = project(camera, [point[0], point[1], 0]);
  if (!at) return false;
  const inside = (value: number, size: number) => value >= margin && value < size - margin;
  return inside(at[0], camera.width) && inside(at[1], camera.height);
}
