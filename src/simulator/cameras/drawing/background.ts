import { material } from "../models/materials.ts";
import type { Scene } from "../scenes/scene.ts";
import { type Background, beginPicture, type Canvas, dense, depthUnit, stripBits } from "./canvas.ts";
import { type Colour, colour, mixed } from "./colour.ts";
import { drawGround } from "./ground.ts";
import { type Light, lampsAt } from "./light.ts";
import { resolve } from "./resolve.ts";
import { drawShadow, drawSolid, mayBeSeen, type Paint, type View } from "./solid.ts";

/** So far a camera may shake, pixels; even, as a canvas is a multiple of 4 wide. */
export const margin = 6;
/** Window panes and what shines through them. */
const paneByDay = colour(0x4a5660);
const lamplight: Colour = [236, 190, 118];
const shadow = 1;
const upright = 2;

/**
 * What stands still: the sky, the ground in its light with the shadows on it, buildings, trees and poles.
 * @param canvas as large as a picture with its margin
 */
export function drawBackground(canvas: Canvas, scene: Scene, light: Light, seed: number): Background {
  const { width, height } = canvas;
  const view: View = { canvas, camera: { ...scene.camera, width, height }, light };
  drawGround(view, scene, seed);
  drawUpright(view, scene);
  return { pixels: canvas.pixels.slice(), depths: depthsOf(canvas), width, margin };
}

/** Buildings, which nothing is ever behind, then what may hide something: its depth is kept. */
function drawUpright(view: View, scene: Scene): void {
  const { canvas, camera, light } = view;
  beginPicture(canvas);
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
}

/** The depth of what fills at least half of a pixel. */
function depthsOf({ width, height, ids, depths, base, strips, columns }: Canvas): Uint16Array {
  const found = new Uint16Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (strips[y * columns + (x >> stripBits)] !== base) continue;
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
