import { depthOf, nearest, project } from "../geometry/pinhole.ts";
import type { Vector } from "../geometry/vector.ts";
import { lampMaterials } from "../models/fixtures.ts";
import { material } from "../models/materials.ts";
import type { Scene } from "../scenes/scene.ts";
import { pictureSize } from "../scenes/surroundings.ts";
import type { Thing } from "../things.ts";
import { type Colour, scaled } from "./colour.ts";
import { addGlow, isOpen } from "./glow.ts";
import type { View } from "./solid.ts";

interface Lamp {
  readonly at: Vector;
  /** Where it shines to: a unit vector on the ground, or all around. */
  readonly facing: readonly [number, number] | undefined;
  readonly colour: Colour;
  /** Metres. */
  readonly radius: number;
}

/** The glow of all lamps that are seen: of vehicles, of traffic lights, of the street. */
export function drawGlows(view: View, scene: Scene, things: readonly Thing[], pixels: Uint32Array): void {
  for (const thing of things) {
    if (thing.shines) for (const lamp of vehicleLamps(thing)) drawLamp(view, lamp, pixels);
    if (thing.class === "traffic light") for (const lamp of signalLamps(thing)) drawLamp(view, lamp, pixels);
  }
  if (view.light.headlights < 0.9) return;
  for (const [x, y] of scene.lamps)
    drawLamp(view, { at: [x, y, 8.6], facing: undefined, colour: [255, 214, 150], radius: 1.1 }, pixels);
}

function vehicleLamps({ solid, size, class: name }: Thing): Lamp[] {
  const [length, width, height] = size;
  const { x, y, dx, dy, palette } = solid;
  const single = name === "motorcycle";
  const up = single ? 0.78 : Math.min(0.78, height * 0.45);
  const sides = single ? [0] : [0.38 * width, -0.38 * width];
  const at = (ahead: number, left: number): Vector => [
    x + ahead * dx - left * dy,
    y + ahead * dy + left * dx,
    up,
  ];
  const tail = palette[material.tailLamp]!;
  const brakes = "shines" in tail && tail.shines[0] > 200;
  return sides.flatMap((left): Lamp[] => [
    { at: at(length / 2, left), facing: [dx, dy], colour: [255, 246, 220], radius: 0.75 },
    {
      at: at(-length / 2, left),
      facing: [-dx, -dy],
      colour: brakes ? [255, 50, 36] : [130, 18, 14],
      radius: brakes ? 0.5 : 0.3,
    },
  ]);
}

function signalLamps({ solid }: Thing): Lamp[] {
  const { x, y, z, dx, dy, palette } = solid;
  return lampMaterials.flatMap((place, i): Lamp[] => {
    const paint = palette[place]!;
    if (!("shines" in paint)) return [];
    return [
      {
        at: [x + 0.15 * dx, y + 0.15 * dy, z + 0.37 - 0.37 * i],
        facing: [dx, dy],
        colour: scaled(paint.shines, 0.8),
        radius: 0.5,
      },
    ];
  });
}

function drawLamp(
  { canvas, camera, light }: View,
  { at, facing, colour, radius }: Lamp,
  pixels: Uint32Array,
): void {
  const depth = depthOf(camera, at);
  if (depth < nearest * 4) return;
  const spot = project(camera, at);
  if (!spot) return;
  const shaken = [spot[0] - canvas.shiftX, spot[1] - canvas.shiftY] as const;
  if (!isOpen(canvas, shaken, 1 / depth)) return;
  const [ex, ey] = [camera.position[0] - at[0], camera.position[1] - at[1]];
  const facingShare = facing ? (ex * facing[0] + ey * facing[1]) / Math.sqrt(ex * ex + ey * ey) : 1;
  if (facingShare <= 0.05) return;
  const size = Math.min(40, Math.max(2, (camera.focal * radius) / depth));
  const strength = facingShare * light.headlights;
  const streak = light.wetness > 0 && at[2] < 3 ? Math.min(60, (camera.focal * 1.6) / depth) : 0;
  const { width, height } = pictureSize;
  addGlow(pixels, width, height, { at: shaken, radius: size, colour: scaled(colour, strength), streak });
}
