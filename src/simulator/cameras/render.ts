import type { RgbPicture } from "../../vision/picture.ts";
import { margin } from "./drawing/background.ts";
import { type Background, beginPicture, type Canvas, createCanvas } from "./drawing/canvas.ts";
import { packed } from "./drawing/colour.ts";
import { drawGlows } from "./drawing/lamps.ts";
import { type Light, lampsAt } from "./drawing/light.ts";
import { drawPolygon, ink } from "./drawing/polygon.ts";
import { addRain } from "./drawing/rain.ts";
import { resolve } from "./drawing/resolve.ts";
import { expose } from "./drawing/sensor.ts";
import { drawShadow, drawSolid, mayBeSeen, type View } from "./drawing/solid.ts";
import { depthOf } from "./geometry/pinhole.ts";
import type { Scene } from "./scenes/scene.ts";
import { pictureSize } from "./scenes/surroundings.ts";
import type { Thing } from "./things.ts";

/** What is shared by all cameras of a thread. */
export interface Studio {
  readonly canvas: Canvas;
  /** For backgrounds: they are larger. */
  readonly wideCanvas: Canvas;
}

export function createStudio(): Studio {
  const { width, height } = pictureSize;
  return {
    canvas: createCanvas(width, height),
    wideCanvas: createCanvas(width + 2 * margin, height + 2 * margin),
  };
}

export interface Shot {
  readonly scene: Scene;
  readonly light: Light;
  readonly background: Background;
  readonly things: readonly Thing[];
  /** How far the camera has shaken, pixels. */
  readonly shake: readonly [number, number];
  /** Whether it is to be known how much of each thing is hidden. */
  readonly counts: boolean;
  /** Of this picture alone: noise and rain. */
  readonly random: () => number;
}

const shadowId = 1;
/** Things are numbered from here on the canvas, in order. */
export const firstId = 2;

/** Draws one picture. */
export function render({ canvas }: Studio, shot: Shot, picture: RgbPicture): void {
  const { scene, light, background, things, shake, random, counts } = shot;
  const { pixels, width, height } = canvas;
  const view: View = { canvas, camera: scene.camera, light };
  beginPicture(canvas, background, shake, counts);
  const seen = things.filter(({ solid, size }) => mayBeSeen(scene.camera, solid.x, solid.y, size[0]));
  for (const { solid, size, moves } of seen) if (moves) drawShadow(view, solid, size, shadowId);
  if (light.headlights > beamsFrom) for (const thing of seen) if (thing.shines) drawBeam(view, thing);
  for (const thing of seen)
    drawSolid(
      view,
      thing.solid,
      firstId + things.indexOf(thing),
      lampsAt(scene.lamps, thing.solid.x, thing.solid.y),
    );
  resolve(canvas);
  if (light.headlights > 0) drawGlows(view, scene, things, pixels);
  if (light.wetness > 0) addRain(pixels, width, height, 0.18, random);
  expose(pixels, width, height, light.noise, random, picture.pixels);
}

/** It must be so dark that headlamps light the road. */
const beamsFrom = 0.9;
const beam = packed([20, 19, 15]);
/** Farther away a beam is not told from the road, metres. */
const farthestBeam = 45;

/** Light of the headlamps on the road. */
function drawBeam({ canvas, camera }: View, { solid, size }: Thing): void {
  const { x, y, dx, dy } = solid;
  if (depthOf(camera, [x, y, 0]) > farthestBeam) return;
  const front = size[0] / 2;
  for (const [far, wide] of [
    [6, 1.4],
    [13, 2.3],
  ] as const) {
    const at = (ahead: number, left: number) => [x + ahead * dx - left * dy, y + ahead * dy + left * dx, 0];
    const corners = [
      at(front + 0.3, 0.6),
      at(front + 0.3, -0.6),
      at(front + far, -wide),
      at(front + far, wide),
    ];
    drawPolygon(canvas, camera, corners.flat(), 4, ink.light, beam, 0);
  }
}
