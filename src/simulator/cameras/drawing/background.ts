import { depthOf, groundAt, type Pinhole } from "../geometry/pinhole.ts";
import { material } from "../models/materials.ts";
import type { Scene } from "../scenes/scene.ts";
import {
  type Background,
  beginPicture,
  type Canvas,
  createCanvas,
  dense,
  depthUnit,
  noBackground,
} from "./canvas.ts";
import { type Colour, colour, mixed, packed, unpacked } from "./colour.ts";
import { type Light, lampsAt, lit } from "./light.ts";
import { drawPolygon, ink } from "./polygon.ts";
import { resolve } from "./resolve.ts";
import { drawShadow, drawSolid, mayBeSeen, type Paint, type View } from "./solid.ts";
import { noiseAt } from "./texture.ts";

/** So far a camera may shake, pixels. */
export const margin = 6;
/** Window panes and what shines through them. */
const paneByDay = colour(0x4a5660);
const lamplight: Colour = [236, 190, 118];
const shadow = 1;
const upright = 2;

/** What stands still: the sky, the ground in its light with the shadows on it, buildings, trees and poles. */
export function drawBackground(scene: Scene, light: Light, seed: number): Background {
  const { camera } = scene;
  const width = camera.width + 2 * margin;
  const height = camera.height + 2 * margin;
  const view: View = { canvas: createCanvas(width, height), camera: { ...camera, width, height }, light };
  const ground = drawGround(view, scene, seed);
  return drawUpright(view, scene, { ...noBackground(width, height), pixels: ground });
}

/** Paint first, in order; then each pixel in its light. */
function drawGround(view: View, scene: Scene, seed: number): Uint32Array {
  const { canvas, camera, light } = view;
  const { width, height } = canvas;
  beginPicture(canvas, noBackground(width, height));
  for (const { corners, colour } of scene.ground) {
    const flat = corners.flatMap(([x, y]) => [x, y, 0]);
    drawPolygon(canvas, camera, flat, corners.length, ink.paint, packed(colour), 0);
  }
  resolve(canvas);
  const pixels = canvas.pixels.slice();
  for (let y = 0; y < height; y++) {
    const lamps = lampsAlong(scene, view, y);
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const point = groundAt(camera, x + 0.5, y + 0.5);
      pixels[at] = point
        ? litGround(lamps(x), camera, light, seed, point, unpacked(pixels[at]!))
        : packed(mixed(light.skyBelow, light.skyAbove, Math.max(0, 1 - (6 * y) / height) * 0.5 + 0.1));
    }
  }
  return pixels;
}

/** Pixels between two points of a row where the light of lamps is reckoned; in between it is interpolated. */
const lampStep = 8;

function lampsAlong({ lamps }: Scene, { camera, light }: View, y: number): (x: number) => number {
  if (light.lamp[0] === 0) return () => 0;
  const known = Array.from({ length: Math.ceil(camera.width / lampStep) + 1 }, (_, i) => {
    const point = groundAt(camera, i * lampStep + 0.5, y + 0.5);
    return point ? lampsAt(lamps, point[0], point[1]) : 0;
  });
  return (x) => {
    const i = Math.floor(x / lampStep);
    return known[i]! + (known[i + 1]! - known[i]!) * (x / lampStep - i);
  };
}

function litGround(
  lamps: number,
  camera: Pinhole,
  light: Light,
  seed: number,
  [x, y]: readonly [number, number],
  own: Colour,
): number {
  const depth = depthOf(camera, [x, y, 0]);
  const grain = grainAt(x, y, depth, seed) * (1 - 0.25 * light.wetness);
  const shade = (1 + grain) * (1 - 0.22 * light.wetness);
  const albedo: Colour = [own[0] * shade, own[1] * shade, own[2] * shade];
  const seen = lit(albedo, 0, 0, 1, light, lamps, depth);
  if (light.wetness === 0) return seen;
  // A wet road mirrors the sky, the more so the flatter one looks.
  const puddles = 0.8 + 0.8 * noiseAt(x / 2.5, y / 2.5, seed + 9);
  const mirror = Math.min(0.45, 0.004 * depth + 0.06) * puddles * light.wetness;
  return packed(mixed(unpacked(seen), light.skyBelow, mirror));
}

/** Rough near the camera, stained and patched farther away. */
function grainAt(x: number, y: number, depth: number, seed: number): number {
  const fine = depth < 40 ? (0.07 * noiseAt(x * 5, y * 5, seed) * (40 - depth)) / 40 : 0;
  const middle = (0.05 * noiseAt(x * 1.1, y * 1.1, seed + 1)) / (1 + depth / 60);
  return fine + middle + 0.06 * noiseAt(x / 4, y / 4, seed + 2) + 0.04 * noiseAt(x / 19, y / 19, seed + 3);
}

/** Buildings, which nothing is ever behind, then what may hide something: its depth is kept. */
function drawUpright(view: View, scene: Scene, ground: Background): Background {
  const { canvas, camera, light } = view;
  beginPicture(canvas, ground);
  for (const { solid, size } of scene.fixtures)
    if (mayBeSeen(camera, solid.x, solid.y, 20)) drawShadow(view, solid, size, shadow);
  const lampsOn = (x: number, y: number) => lampsAt(scene.lamps, x, y);
  for (const solid of scene.backdrop)
    drawSolid(
      view,
      { ...solid, palette: withWindows(solid.palette, light) },
      upright,
      0.4 * lampsOn(solid.x, solid.y),
    );
  for (const { solid, class: name } of scene.fixtures)
    if (name === undefined && mayBeSeen(camera, solid.x, solid.y, 10))
      drawSolid(view, solid, upright, lampsOn(solid.x, solid.y));
  resolve(canvas);
  return { pixels: canvas.pixels.slice(), depths: depthsOf(canvas), width: canvas.width, margin };
}

/** The depth of what fills at least half of a pixel. */
function depthsOf({ width, height, ids, depths, base }: Canvas): Uint16Array {
  const found = new Uint16Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const above = (y * dense * width + x) * dense;
      let count = 0;
      let sum = 0;
      for (let i = 0; i < dense * dense; i++) {
        const at = above + (i & 1) + (i >> 1) * dense * width;
        if (ids[at] !== base + upright) continue;
        count++;
        sum += depths[at]!;
      }
      if (count > 1) found[y * width + x] = Math.round((sum / count) * depthUnit);
    }
  return found;
}

function withWindows(palette: readonly Paint[], { headlights }: Light): Paint[] {
  const paints = [...palette];
  const glow = headlights > 0.9 ? 0.85 : headlights > 0 ? 0.5 : 0;
  paints[material.headlamp] = glow > 0 ? { shines: mixed(paneByDay, lamplight, glow) } : paneByDay;
  paints[material.glass] = paneByDay;
  return paints;
}
