import { meshBuilder } from "../drawing/mesh.ts";
import { pathThrough, reversed } from "../geometry/path.ts";
import { createPinhole } from "../geometry/pinhole.ts";
import type { Point } from "../geometry/vector.ts";
import { material } from "../models/materials.ts";
import type { Random } from "../traffic/looks.ts";
import { dashes, line, rectangle, surface } from "./ground.ts";
import { palette } from "./palette.ts";
import { routeOf } from "./route.ts";
import { type Fixture, type Patch, place, type Route, type Scene } from "./scene.ts";
import { building, lampPost, picture, trees } from "./surroundings.ts";

/** Metres; the road runs along y, those who drive north are to the right of the median. */
const lane = 3.75;
const median = 2;
const shoulder = 3;
const lanes = 3;
const edge = median + lanes * lane + shoulder;
const reach = { south: -60, north: 210 };

/** Two carriageways with three lanes and a hard shoulder each, seen from a mast beside them. */
export function highway(random: Random): Scene {
  const busy = 0.75 + 0.5 * random();
  const camera = cameraOf(random);
  const north = lanesOf(1, busy);
  const south = lanesOf(-1, busy);
  const pairs = (routes: readonly Route[]) =>
    routes.flatMap((route, i) => {
      const inner = routes[i - 1];
      return inner ? [[inner, route] as const, [route, inner] as const] : [];
    });
  const posts = [-10, 35, 80, 125, 170].map((y) => ({
    foot: [0, y] as Point,
    over: [median + 2, y] as Point,
  }));
  return {
    camera,
    ground: groundOf(),
    backdrop: [40, 75, 110, 160, 220].flatMap((y) => [
      building(random, camera, [18, 16, 9 + 16 * random()], [edge + 34 + 20 * random(), y]),
      building(random, camera, [18, 16, 9 + 16 * random()], [-edge - 34 - 20 * random(), y + 10]),
    ]),
    fixtures: [
      ...rails(),
      ...posts.map(({ foot, over }) => lampPost(foot, over)),
      ...trees(
        random,
        Array.from(
          { length: 16 },
          (_, i): Point => [(i % 2 ? 1 : -1) * (edge + 7 + 4 * random()), 20 + 12 * i],
        ),
      ),
    ],
    lamps: posts.flatMap(({ over: [x, y] }): Point[] => [
      [x, y],
      [-x, y],
    ]),
    routes: [...north, ...south],
    ...{ walkways: [], crossings: [], signals: undefined, walkersPerMinute: 0 },
    neighbours: [...pairs(north), ...pairs(south)],
    wrongWays: [north, south].map((routes) => wrongWay(routes.at(-1)!)),
  };
}

/** Lanes of one direction, the fast one first. */
function lanesOf(side: 1 | -1, busy: number): Route[] {
  const names = ["fast", "middle", "slow"];
  return names.map((name, i) => {
    const x = side * (median + lane * (i + 0.5));
    const [from, to] = side === 1 ? [reach.south, reach.north] : [reach.north, reach.south];
    return routeOf(
      {
        ...{
          path: pathThrough([
            [x, from],
            [x, to],
          ]),
          entry: `${side} ${name}`,
          speed: [29, 25, 22][i]!,
        },
        ...{ perMinute: [15, 19, 15][i]! * busy },
        mix: [
          { car: 1 },
          { car: 8, truck: 1.5, bus: 1, motorcycle: 0.8 },
          { car: 4, truck: 4, bus: 1.2, motorcycle: 0.6 },
        ][i]!,
      },
      [],
      [],
    );
  });
}

function wrongWay(against: Route): Scene["wrongWays"][number] {
  const path = reversed(against.path);
  return {
    route: routeOf({ path, entry: `against ${against.entry}`, speed: 14, perMinute: 0, mix: {} }, [], []),
    closed: [against.entry],
    emptyFor: against.path.length,
  };
}

function cameraOf(random: Random) {
  const side = random() < 0.5 ? 1 : -1;
  const position = [side * (edge + 1 - 12 * random()), -6 - 6 * random(), 9 + 3 * random()] as const;
  const target: Point = [side * (2 + 3 * random()), 30 + 8 * random()];
  return createPinhole(position, target, picture(520 + 120 * random()));
}

function groundOf(): Patch[] {
  const [from, to] = [-200, 3000];
  const patches = [
    rectangle(-3000, from, 3000, to, surface.grass),
    rectangle(-edge - 1.5, from, edge + 1.5, to, surface.earth),
    rectangle(-edge, from, edge, to, surface.asphalt),
    rectangle(-median + 0.6, from, median - 0.6, to, surface.grass),
  ];
  for (const side of [1, -1]) {
    const at = (x: number) =>
      [
        [side * x, from],
        [side * x, to],
      ] as const;
    patches.push(line(...at(median + 0.25), 0.18, surface.yellow), line(...at(median + lanes * lane), 0.2));
    for (let i = 1; i < lanes; i++)
      patches.push(
        ...dashes([side * (median + i * lane), from], [side * (median + i * lane), 420], { dash: 6, gap: 9 }),
      );
  }
  return patches;
}

/** Guard rails along the median and both edges, in pieces. */
function rails(): Fixture[] {
  const builder = meshBuilder();
  const length = 12;
  builder.box([-length / 2, -0.06, 0.45], [length / 2, 0.06, 0.75], material.hub);
  for (let x = -length / 2 + 1; x < length / 2; x += 2)
    builder.box([x - 0.06, -0.1, 0], [x + 0.06, 0.1, 0.7], material.trim, 4);
  const paints = palette({ hub: 0xa6aaad, trim: 0x73777a });
  const pieces: Fixture[] = [];
  for (const x of [-edge - 0.6, 0.7, -0.7, edge + 0.6])
    for (let y = -30; y < 300; y += length)
      pieces.push({ solid: place(builder.faces, paints, [x, y], [0, 1]), size: [length, 0.2, 0.75] });
  return pieces;
}
