import { nearest, type Pinhole } from "../geometry/pinhole.ts";
import { dot, type Vector } from "../geometry/vector.ts";
import type { Canvas } from "./canvas.ts";
import { type Colour, packed } from "./colour.ts";
import { hazed, type Light, lit } from "./light.ts";
import type { Mesh } from "./mesh.ts";
import { drawPolygon, ink } from "./polygon.ts";

/** A colour of a palette: lit by what surrounds it, or shining itself. */
export type Paint = Colour | { readonly shines: Colour };

/** A mesh at its place in the world. */
export interface Solid {
  readonly mesh: Mesh;
  readonly palette: readonly Paint[];
  readonly x: number;
  readonly y: number;
  /** Of its origin above the ground. */
  readonly z: number;
  /** Its x axis: a unit vector. */
  readonly dx: number;
  readonly dy: number;
  readonly scale: number;
}

export interface View {
  readonly canvas: Canvas;
  readonly camera: Pinhole;
  readonly light: Light;
}

const corners = new Float64Array(72);

/** Whether a ball around a place, `reach` metres from its middle, may be in the picture. */
export function mayBeSeen(camera: Pinhole, x: number, y: number, reach: number): boolean {
  const { position, right, forward, focal, width } = camera;
  const [ax, ay, az] = [x - position[0], y - position[1], 1 - position[2]];
  const depth = ax * forward[0] + ay * forward[1] + az * forward[2];
  if (depth + reach < nearest) return false;
  const aside = Math.abs(ax * right[0] + ay * right[1] + az * right[2]);
  return aside - reach * 1.3 < (Math.max(depth, 0) + reach) * (width / 2 / focal) + reach;
}

/** Of meshes that were drawn: how far the farthest corner is from the origin, in their own metres. */
const reaches = new WeakMap<Mesh, number>();

function reachOf(mesh: Mesh): number {
  const known = reaches.get(mesh);
  if (known !== undefined) return known;
  let square = 0;
  for (const { corners } of mesh)
    for (let k = 0; k < corners.length; k += 3)
      square = Math.max(square, corners[k]! ** 2 + corners[k + 1]! ** 2 + corners[k + 2]! ** 2);
  const reach = Math.sqrt(square);
  reaches.set(mesh, reach);
  return reach;
}

/** Whether all of a solid is beyond one edge of the picture. */
function isOutside({ canvas, camera }: View, { mesh, x, y, z, scale }: Solid): boolean {
  const { position, right, up, forward, focal, width, height } = camera;
  const ray: Vector = [x - position[0], y - position[1], z - position[2]];
  const reach = reachOf(mesh) * scale;
  const depth = dot(ray, forward);
  const isBeyond = (aside: number, edge: number) =>
    focal * Math.abs(aside) - edge * depth > reach * Math.sqrt(focal * focal + edge * edge);
  return (
    depth + reach < nearest ||
    isBeyond(dot(ray, right), width / 2 + Math.abs(canvas.shiftX)) ||
    isBeyond(dot(ray, up), height / 2 + Math.abs(canvas.shiftY))
  );
}

/** @param lamps how much of a street lamp's light falls on it */
export function drawSolid(view: View, solid: Solid, number: number, lamps: number): void {
  if (isOutside(view, solid)) return;
  const { canvas, camera, light } = view;
  const { mesh, palette, x, y, z, dx, dy, scale } = solid;
  const [cx, cy, cz] = camera.position;
  // The camera as the solid sees it.
  const eyeX = ((cx - x) * dx + (cy - y) * dy) / scale;
  const eyeY = ((cy - y) * dx - (cx - x) * dy) / scale;
  const eyeZ = (cz - z) / scale;
  const [fx, fy, fz] = camera.forward;
  const depth = Math.max(1, (x - cx) * fx + (y - cy) * fy + (z + 0.8 - cz) * fz);
  const perMetre = (camera.focal * scale) / depth;

  for (let i = 0; i < mesh.length; i++) {
    const { corners: local, normal, material, detail } = mesh[i]!;
    if (detail > perMetre) continue;
    const [nx, ny, nz] = normal;
    if (nx * (eyeX - local[0]!) + ny * (eyeY - local[1]!) + nz * (eyeZ - local[2]!) <= 0) continue;
    for (let k = 0; k < local.length; k += 3) {
      const ahead = local[k]! * scale;
      const left = local[k + 1]! * scale;
      corners[k] = x + ahead * dx - left * dy;
      corners[k + 1] = y + ahead * dy + left * dx;
      corners[k + 2] = z + local[k + 2]! * scale;
    }
    const paint = palette[material]!;
    const colour =
      "shines" in paint
        ? packed(hazed(paint.shines, light, depth))
        : lit(paint, nx * dx - ny * dy, nx * dy + ny * dx, nz, light, lamps, depth);
    drawPolygon(canvas, camera, corners, local.length / 3, ink.solid, colour, number);
  }
}

/** The shadow of an upright box on the ground: its footprint and, away from the sun, that of its roof. */
export function drawShadow(
  { canvas, camera, light }: View,
  { x, y, z, dx, dy }: Solid,
  [length, width, height]: Vector,
  number: number,
): void {
  const foot = (margin: number) => {
    const l = length / 2 + margin;
    const w = width / 2 + margin;
    return corners4.map(
      ([ahead, left]): Point => [x + ahead * l * dx - left * w * dy, y + ahead * l * dy + left * w * dx],
    );
  };
  const shade = (points: readonly Point[], factor: number) => {
    for (const [i, [px, py]] of points.entries()) corners.set([px, py, 0], 3 * i);
    drawPolygon(canvas, camera, corners, points.length, ink.shade, factor, number);
  };
  const { castShadow, contactShadow, sunDirection } = light;
  if (castShadow !== undefined) {
    const [sx, sy, sz] = sunDirection;
    const away = (up: number) => foot(0).map(([px, py]): Point => [px - (up * sx) / sz, py - (up * sy) / sz]);
    shade(hullOf([...away(z), ...away(z + height)]), castShadow);
  }
  if (z === 0) shade(foot(0.12), contactShadow);
}

const corners4 = [
  [1, 1],
  [-1, 1],
  [-1, -1],
  [1, -1],
] as const;

type Point = readonly [number, number];

/** The convex hull, counter-clockwise. Source: monotone chain, Andrew, 1979. */
function hullOf(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  return [...chainOf(sorted), ...chainOf(sorted.toReversed())];
}

function chainOf(ordered: readonly Point[]): Point[] {
  const chain: Point[] = [];
  for (const point of ordered) {
    while (chain.length > 1 && turns(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
    chain.push(point);
  }
  return chain.slice(0, -1);
}

function turns(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
