import { groundAlong } from "../geometry/pinhole.ts";
import type { Scene } from "../scenes/scene.ts";
import { beginPicture } from "./canvas.ts";
import { byte, mixed, packed } from "./colour.ts";
import { type Light, lampsAt } from "./light.ts";
import { drawPolygon, ink } from "./polygon.ts";
import { resolve } from "./resolve.ts";
import type { View } from "./solid.ts";
import { openTexture } from "./texture.ts";

/** One for all grounds, so that its code is optimised once. */
const texture = openTexture();

/** The ground along a row of pixels; its numbers stand in the texture's memory. */
interface Row {
  /** Metres, the same all along. */
  depth: number;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** Factor of the paint's own colour. */
  readonly shade: Float64Array;
  /** How much of a street lamp's light falls there. */
  readonly lamps: Float64Array;
  /** Share of the sky's light that a wet road shows. */
  readonly mirror: Float64Array;
}

/** The sky, and the ground below it: paint first, in order; then each pixel in its light. */
export function drawGround({ canvas, camera, light }: View, scene: Scene, seed: number): void {
  const { width, height, pixels } = canvas;
  beginPicture(canvas);
  pixels.fill(0xff000000);
  for (const { corners, colour } of scene.ground) {
    const flat = corners.flatMap(([x, y]) => [x, y, 0]);
    drawPolygon(canvas, camera, flat, corners.length, ink.paint, packed(colour), 0);
  }
  resolve(canvas);
  const row = createRow(width);
  for (let y = 0; y < height; y++) {
    const line = pixels.subarray(y * width, (y + 1) * width);
    const depth = groundAlong(camera, y + 0.5, row.xs, row.ys);
    if (depth === undefined) {
      line.fill(packed(mixed(light.skyBelow, light.skyAbove, Math.max(0, 1 - (6 * y) / height) * 0.5 + 0.1)));
      continue;
    }
    row.depth = depth;
    findShade(row, light, seed);
    findMirror(row, light, seed);
    findLamps(row, light, scene);
    lightRow(line, row, light);
  }
}

/** Pixels between two points of a row where the light of lamps is reckoned; in between it is interpolated. */
const lampStep = 8;

function createRow(width: number): Row {
  const length = Math.ceil(width / lampStep) * lampStep + 1;
  const values = (place: number) => new Float64Array(texture.memory.buffer, 8 * place * length, length);
  const [xs, ys, shade, lamps, mirror] = [values(0), values(1), values(2), values(3), values(4)];
  return { depth: 0, xs, ys, shade, lamps, mirror };
}

/** Rough near the camera, stained and patched farther away. */
function findShade(row: Row, { wetness }: Light, seed: number): void {
  const { depth, shade } = row;
  shade.fill(0);
  if (depth < 40) addNoise(row, shade, 5, seed, (0.07 * (40 - depth)) / 40);
  addNoise(row, shade, 1.1, seed + 1, 0.05 / (1 + depth / 60));
  addNoise(row, shade, 1 / 4, seed + 2, 0.06);
  addNoise(row, shade, 1 / 19, seed + 3, 0.04);
  for (let i = 0; i < shade.length; i++)
    shade[i] = (1 + shade[i]! * (1 - 0.25 * wetness)) * (1 - 0.22 * wetness);
}

/** The flatter one looks at a wet road the more of the sky it mirrors; most in its puddles. */
function findMirror(row: Row, { wetness }: Light, seed: number): void {
  if (wetness === 0) return;
  const usual = Math.min(0.45, 0.004 * row.depth + 0.06) * wetness;
  row.mirror.fill(0.8 * usual);
  addNoise(row, row.mirror, 1 / 2.5, seed + 9, 0.8 * usual);
}

/** @param scale cells of the noise a metre */
function addNoise({ xs, ys }: Row, sums: Float64Array, scale: number, seed: number, strength: number): void {
  texture.addNoise(sums.byteOffset, xs.byteOffset, ys.byteOffset, sums.length, scale, seed, strength);
}

function findLamps({ xs, ys, lamps }: Row, { lamp }: Light, scene: Scene): void {
  if (lamp[0] === 0) return;
  let here = lampsAt(scene.lamps, xs[0]!, ys[0]!);
  for (let x = 0; x + lampStep < lamps.length; x += lampStep) {
    const next = lampsAt(scene.lamps, xs[x + lampStep]!, ys[x + lampStep]!);
    for (let i = 0; i < lampStep; i++) lamps[x + i] = here + (next - here) * (i / lampStep);
    here = next;
  }
}

/** As `lit` does it, with what is the same along the row reckoned once. */
function lightRow(line: Uint32Array, { depth, shade, lamps, mirror }: Row, light: Light): void {
  const { ambient, sun, sunDirection, lamp, haze, skyBelow, wetness } = light;
  const clear = 1 / (1 + light.hazeDensity * depth);
  for (const channel of [0, 1, 2] as const) {
    const open = ambient[channel] + sun[channel] * sunDirection[2];
    const fromLamp = lamp[channel];
    const mist = haze[channel] * (1 - clear);
    const shift = 8 * channel;
    for (let x = 0; x < line.length; x++) {
      const own = (line[x]! >>> shift) & 255;
      const seen = byte(own * shade[x]! * (open + fromLamp * lamps[x]!) * clear + mist);
      line[x]! += (seen - own) << shift;
    }
    if (wetness === 0) continue;
    for (let x = 0; x < line.length; x++) {
      const own = (line[x]! >>> shift) & 255;
      line[x]! += (byte(own + mirror[x]! * (skyBelow[channel] - own)) - own) << shift;
    }
  }
}
