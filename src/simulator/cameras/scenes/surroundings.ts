import { colour, mixed, scaled } from "../drawing/colour.ts";
import { mayBeSeen, type Solid } from "../drawing/solid.ts";
import type { Pinhole } from "../geometry/pinhole.ts";
import { distance, type Point } from "../geometry/vector.ts";
import { buildingMesh } from "../models/building.ts";
import {
  lightHeadMesh,
  lightHeadSize,
  poleMesh,
  stopSignMesh,
  stopSignSize,
  streetLampMesh,
  treeMesh,
} from "../models/fixtures.ts";
import { pick, type Random } from "../traffic/looks.ts";
import { palette } from "./palette.ts";
import { type Fixture, place } from "./scene.ts";

/** Of all rendered cameras, pixels. */
export const pictureSize = { width: 640, height: 360 } as const;

export function picture(focal: number) {
  return { ...pictureSize, focal };
}

const metal = palette({ hub: 0x6c7176, trim: 0x2a2c2e });
const headHeight = 5.6;

/**
 * A pole with one head on it, or with an arm that carries several over the road.
 * @param facing a unit vector towards those it is for
 */
export function trafficLight(
  foot: Point,
  facing: Point,
  heads: readonly { over: Point; group: number }[],
): Fixture[] {
  const left = ([x, y]: Point) => (x - foot[0]) * -facing[1] + (y - foot[1]) * facing[0];
  const farthest = heads.reduce(
    (most, { over }) => (Math.abs(left(over)) > Math.abs(most) ? left(over) : most),
    0,
  );
  const isOverhead = farthest !== 0;
  const height = isOverhead ? headHeight : 3;
  const pole = place(poleMesh(isOverhead ? headHeight + 0.4 : height + 0.4, farthest), metal, foot, facing);
  return [
    { solid: pole, size: [0.3, 0.3, height] },
    ...heads.map(({ over: [x, y], group }): Fixture => {
      const ahead: Point = [x + 0.3 * facing[0], y + 0.3 * facing[1]];
      const { length, width, height: tall } = lightHeadSize;
      const solid = place(lightHead, lightPalette, ahead, facing, height);
      return { solid, class: "traffic light", size: [length, width, tall], group };
    }),
  ];
}

const lightHead = lightHeadMesh();
const lightPalette = palette({ trim: 0x1c1e20, paint: 0x202224 });

/** @param facing a unit vector towards those it is for */
export function stopSign(foot: Point, facing: Point): Fixture[] {
  const height = 2.5;
  const { length, width, height: tall } = stopSignSize;
  return [
    {
      solid: place(
        poleMesh(height + 0.3, 0),
        metal,
        [foot[0] - 0.1 * facing[0], foot[1] - 0.1 * facing[1]],
        facing,
      ),
      size: [0.1, 0.1, height],
    },
    {
      solid: place(signPlate, signPalette, foot, facing, height, 1.1),
      ...{ class: "stop sign" as const, size: [length, width, tall], frontOnly: true },
    },
  ];
}

const signPlate = stopSignMesh();
const signPalette = palette({ paint: 0xb81c22, plate: 0xeeeeea, hub: 0x8c9094 });

const lampHeight = 8.5;
const lampMesh = streetLampMesh(lampHeight);

/** @param over the point of the road it hangs over */
export function lampPost(foot: Point, over: Point): Fixture {
  const [x, y] = [over[0] - foot[0], over[1] - foot[1]];
  const length = distance(x, y);
  return { solid: place(lampMesh, metal, foot, [x / length, y / length]), size: [0.3, 0.3, lampHeight] };
}

const crowns = [
  treeMesh(
    [
      { at: [0, 0, 4.6], radius: 1.7 },
      { at: [0.7, 0.6, 5.6], radius: 1.2 },
      { at: [-0.8, -0.3, 5.3], radius: 1.2 },
    ],
    5,
  ),
  treeMesh(
    [
      { at: [0, 0, 4.2], radius: 1.5 },
      { at: [0, 0.1, 5.7], radius: 1.25 },
      { at: [0.1, 0, 6.8], radius: 0.8 },
    ],
    5,
  ),
  treeMesh(
    [
      { at: [0.5, 0, 3.9], radius: 1.3 },
      { at: [-0.6, 0.3, 4.2], radius: 1.3 },
      { at: [0, -0.3, 5], radius: 1.2 },
    ],
    4.4,
  ),
];

/** At about two thirds of these places. */
export function trees(random: Random, places: readonly Point[]): Fixture[] {
  return places.flatMap(([x, y]): Fixture[] => {
    const mesh = pick(random, crowns);
    const green = mixed(colour(0x3f5f2c), colour(0x6c7c38), random());
    const scale = 0.8 + 0.4 * random();
    const jitter: Point = [x + random() - 0.5, y + random() - 0.5];
    if (random() < 0.35) return [];
    const paints = palette({ paint: green, second: scaled(green, 0.82), trim: 0x4d3f33 });
    return [{ solid: place(mesh, paints, jitter, [1, 0], 0, scale), size: [2.6, 2.6, 5.4 * scale] }];
  });
}

const facades = [0xb9a98f, 0xa89c92, 0x8f8d8a, 0xc4bdb0, 0x9a6f5a, 0x7f8a94, 0xd0c6b4, 0x6f7276];

/** Farther away they are lost in the haze, metres. */
const farthestBuilding = 190;

/** Blocks on a grid, none nearer than `clear` metres to the two axes; those that this camera sees. */
export function buildings(
  random: Random,
  camera: Pinhole,
  clear: number,
  isFree: (at: Point) => boolean = () => true,
): Solid[] {
  const solids: Solid[] = [];
  for (const signX of [1, -1])
    for (const signY of [1, -1])
      for (let i = 0; i < 5; i++)
        for (let j = 0; j < 5; j++) {
          const [length, width] = [14 + 8 * random(), 14 + 8 * random()];
          const height = 7 + 15 * random() * random() + 3 * (i + j);
          const x = signX * (clear + 13 + 29 * i + 3 * random());
          const y = signY * (clear + 13 + 29 * j + 3 * random());
          const away = distance(x - camera.position[0], y - camera.position[1]);
          const isSeen = away < farthestBuilding && mayBeSeen(camera, x, y, 16);
          if (isSeen && isFree([x, y]))
            solids.push(building(random, camera, [length, width, height], [x, y]));
        }
  return solids;
}

export function building(
  random: Random,
  { position }: Pinhole,
  size: readonly [number, number, number],
  [x, y]: Point,
): Solid {
  const litShare = 0.1 + 0.35 * random();
  const paint = pick(random, facades);
  const mesh = buildingMesh(size, {
    ...{ floor: 3 + 0.5 * random(), pitch: 2.4 + random() },
    lit: () => random() < litShare,
    seenFrom: [position[0] - x, position[1] - y],
  });
  return place(mesh, palette({ paint, trim: 0x5c5a58 }), [x, y], [1, 0]);
}
