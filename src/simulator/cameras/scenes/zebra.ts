import { bend, pathThrough, reversed } from "../geometry/path.ts";
import { createPinhole } from "../geometry/pinhole.ts";
import type { Point } from "../geometry/vector.ts";
import type { Random } from "../traffic/looks.ts";
import { dashes, line, patch, rectangle, surface, zebraStripes } from "./ground.ts";
import { routeOf } from "./route.ts";
import type { Crossing, Gate, Patch, Route, Scene, Walkway } from "./scene.ts";
import { buildings, lampPost, picture, stopSign, trees } from "./surroundings.ts";

/** Metres; the main road runs along x, the side road comes from the south. */
const lane = 3.4;
const kerb = 2 * lane;
const side = { half: 3.6, mouth: -kerb - 5 };
const reach = 110;
const far = 3000;
/** Cross-walks over the main road, and one over the side road. */
const crossingX = 15;

/** A main road with a zebra crossing without lights, and a side road whose traffic has a stop sign. */
export function zebra(random: Random): Scene {
  const camera = cameraOf(random);
  const crossings: Crossing[] = [
    { from: [crossingX, -kerb], to: [crossingX, kerb], width: 4, group: undefined },
    { from: [-side.half, side.mouth + 1], to: [side.half, side.mouth + 1], width: 3, group: undefined },
  ];
  const busy = 0.8 + 0.5 * random();
  const main = [1, -1].flatMap((way) =>
    [lane / 2, 1.5 * lane].map((out, i) => mainRoute(way, out, i, crossings, busy)),
  );
  const lamps = [-60, -25, 8, 42, 76].map((x, i) => ({
    foot: [x, (i % 2 ? 1 : -1) * (kerb + 0.9)] as Point,
    over: [x, (i % 2 ? 1 : -1) * (kerb - 1.6)] as Point,
  }));
  return {
    camera,
    ground: groundOf(crossings),
    backdrop: buildings(random, camera, 17, ([x, y]) => y > 0 || Math.abs(x) > 30),
    fixtures: [
      ...stopSign([side.half + 1.1, side.mouth - 1.2], [0, -1]),
      ...stopSign([-side.half - 1.1, side.mouth - 1.2], [0, -1]),
      ...lamps.map(({ foot, over }) => lampPost(foot, over)),
      ...trees(
        random,
        [-70, -55, -42, -30, 30, 44, 58, 72].flatMap((x): Point[] => [
          [x, kerb + 4.6],
          [x + 5, -kerb - 4.6],
        ]),
      ),
    ],
    lamps: lamps.map(({ over }) => over),
    routes: [...main, ...sideRoutes(crossings, busy)],
    ...{ crossings, signals: undefined, walkersPerMinute: 1.7, walkways: walkwaysOf() },
    neighbours: [
      [main[0]!, main[1]!],
      [main[1]!, main[0]!],
      [main[2]!, main[3]!],
      [main[3]!, main[2]!],
    ],
    wrongWays: [wrongWay(main[2]!, crossings), wrongWay(main[0]!, crossings)],
  };
}

/** @param way 1 to the east (on the south side), -1 to the west */
function mainRoute(
  way: number,
  out: number,
  index: number,
  crossings: readonly Crossing[],
  busy: number,
): Route {
  const y = -way * out;
  const path = pathThrough([
    [-way * reach, y],
    [way * reach, y],
  ]);
  const mix =
    index === 0
      ? { car: 9, truck: 1, motorcycle: 1 }
      : { car: 6, bus: 1.4, truck: 1.2, motorcycle: 1.6, bicycle: 2.4 };
  const perMinute = (index === 0 ? 4 : 4.5) * busy;
  return routeOf({ path, entry: `${way} ${index}`, speed: 12, perMinute, mix }, [], crossings);
}

function sideRoutes(crossings: readonly Crossing[], busy: number): Route[] {
  const start = -70;
  const stop = -kerb - 0.8;
  const outer = -1.5 * lane;
  const right = side.half / 2;
  const turnOut: Point[] = [
    [right, start],
    [right, -kerb - 1.5],
    ...bend([right, -kerb - 1.5], [right, outer], [right + 8, outer]),
    [reach, outer],
  ];
  const watch = Array.from({ length: 22 }, (_, i): Point => [right + 6 - 2.5 * i, outer]);
  // The sign stands before the crossing; people and the main road come after it.
  const gates: Gate[] = [{ kind: "give-way", s: stop - start, watch, sign: true }];
  const turnIn: Point[] = [
    [-reach, outer],
    [-right - 8, outer],
    ...bend([-right - 8, outer], [-right, outer], [-right, -kerb - 1.5]),
    [-right, start],
  ];
  const mix = { car: 6, motorcycle: 2, bicycle: 1.5, truck: 0.7 };
  return [
    routeOf(
      { path: pathThrough(turnOut), entry: "side", speed: 9, perMinute: 3 * busy, mix },
      gates,
      crossings,
    ),
    routeOf(
      { path: pathThrough(turnIn), entry: "1 1", speed: 12, perMinute: 1.4 * busy, mix },
      [],
      crossings,
    ),
  ];
}

function wrongWay(against: Route, crossings: readonly Crossing[]): Scene["wrongWays"][number] {
  const route = routeOf(
    { path: reversed(against.path), entry: `against ${against.entry}`, speed: 9, perMinute: 0, mix: {} },
    [],
    crossings,
  );
  return { route, closed: [against.entry], emptyFor: 2 * reach };
}

function walkwaysOf(): Walkway[] {
  const out = kerb + 2.6;
  const long = kerb + 0.4;
  const over = (x: number, way: number): Walkway => {
    const points: Point[] = [
      [x - 32 * way, -way * out],
      [crossingX, -way * out],
      [crossingX, way * out],
      [x + 34 * way, way * out],
    ];
    const first = Math.abs(points[1]![0] - points[0]![0]);
    // On one side they come along the pavement past the side road's crossing.
    return {
      path: pathThrough(points),
      crossings: [{ crossing: 0, enter: first + out - long, leave: first + out + kerb }],
    };
  };
  const along = (way: number): Walkway => {
    const y = side.mouth + 1;
    return {
      path: pathThrough([
        [-40 * way, y],
        [40 * way, y],
      ]),
      crossings: [{ crossing: 1, enter: 40 - side.half - 0.4, leave: 40 + side.half }],
    };
  };
  const north = pathThrough([
    [-60, kerb + 3.4],
    [60, kerb + 3.4],
  ]);
  return [
    over(crossingX + 60, 1),
    over(crossingX, -1),
    over(crossingX - 4, -1),
    along(1),
    along(-1),
    { path: north, crossings: [] },
  ];
}

function cameraOf(random: Random) {
  const hand = random() < 0.5 ? 1 : -1;
  const position = [hand * (5 + 3 * random()), -24 - 4 * random(), 7 + 2.5 * random()] as const;
  const target: Point = [5 + 5 * random(), -2 + 2 * random()];
  return createPinhole(position, target, picture(430 + 60 * random()));
}

function groundOf(crossings: readonly Crossing[]): Patch[] {
  const pavement = kerb + 6.5;
  const corner = 4;
  const patches = [
    rectangle(-far, -far, far, far, surface.grass),
    rectangle(-far, -pavement, far, pavement, surface.paving),
    rectangle(-side.half - 5, -far, side.half + 5, 0, surface.paving),
  ];
  for (const [grow, paint] of [
    [0.25, surface.kerb],
    [0, surface.asphalt],
  ] as const) {
    patches.push(rectangle(-far, -kerb - grow, far, kerb + grow, paint));
    patches.push(rectangle(-side.half - grow, -far, side.half + grow, 0, paint));
    for (const hand of [1, -1]) {
      const [x, y] = [hand * (side.half + grow), -kerb - grow];
      const curve = bend([x, y - corner], [x, y], [x + hand * corner, y], 6);
      patches.push(
        patch(
          [[x - hand, y + 1], [x - hand, y - corner], [x, y - corner], ...curve, [x + hand * corner, y + 1]],
          paint,
        ),
      );
    }
  }
  for (const hand of [1, -1]) {
    patches.push(line([-far, hand * 0.12], [far, hand * 0.12], 0.12, surface.yellow));
    patches.push(line([-far, hand * (kerb - 0.25)], [far, hand * (kerb - 0.25)], 0.12));
    patches.push(
      ...dashes([-160, hand * lane], [crossingX - 4, hand * lane]),
      ...dashes([crossingX + 4, hand * lane], [160, hand * lane]),
    );
  }
  const [first, second] = crossings;
  const asphalt = (x0: number, x1: number) => rectangle(x0, -kerb, x1, kerb, surface.asphalt);
  patches.push(asphalt(crossingX - 2.4, crossingX + 2.4));
  patches.push(
    ...zebraStripes(first!.from, first!.to, first!.width),
    ...zebraStripes(second!.from, second!.to, second!.width),
  );
  patches.push(
    line([crossingX - 3.6, -kerb], [crossingX - 3.6, -0.3], 0.35),
    line([crossingX + 3.6, 0.3], [crossingX + 3.6, kerb], 0.35),
  );
  patches.push(
    line([0.2, -kerb - 0.7], [side.half, -kerb - 0.7], 0.4),
    line([0, -far], [0, side.mouth - 3], 0.14, surface.yellow),
  );
  return patches;
}
