import { bend, pathThrough } from "../geometry/path.ts";
import { createPinhole } from "../geometry/pinhole.ts";
import { cosine, type Point, sine } from "../geometry/vector.ts";
import type { Random } from "../traffic/looks.ts";
import { dashes, line, patch, rectangle, surface, zebraStripes } from "./ground.ts";
import { routeOf } from "./route.ts";
import type { Crossing, Gate, Patch, Route, Scene, Walkway, WrongWay } from "./scene.ts";
import { buildings, lampPost, picture, stopSign, trees } from "./surroundings.ts";

/** Metres: traffic goes round the island counter-clockwise in one wide lane. */
const ring = { island: 7.5, middle: 11, edge: 14.5 };
const lane = 3.5;
const kerb = lane + 0.3;
const reach = 90;
const crossingAt = 27;
const yieldAt = ring.edge + 1.6;

const outward: readonly Point[] = [
  [0, 1],
  [1, 0],
  [0, -1],
  [-1, 0],
];

/** Four arms around an island: a stop sign at each entry, a zebra crossing on each arm. */
export function roundabout(random: Random): Scene {
  const busy = 0.8 + 0.4 * random();
  const camera = cameraOf(random);
  const crossings = outward.map(
    (_, arm): Crossing => ({
      ...{ from: at(arm, crossingAt, kerb), to: at(arm, crossingAt, -kerb), width: 3.4, group: undefined },
    }),
  );
  const routes = outward.flatMap((_, arm) =>
    [1, 2, 3].map((turns) => routeFrom(arm, turns, crossings, busy)),
  );
  const lamps = outward.flatMap((_, arm) =>
    [28, 55].map((out) => ({ foot: at(arm, out, kerb + 0.9), over: at(arm, out, 1) })),
  );
  return {
    camera,
    ground: groundOf(),
    backdrop: buildings(random, camera, 24),
    fixtures: [
      ...outward.flatMap((facing, arm) => stopSign(at(arm, yieldAt + 1.5, kerb + 1), facing)),
      ...lamps.map(({ foot, over }) => lampPost(foot, over)),
      ...trees(random, [
        [0, 0],
        [3, 2],
        [-3, 1],
        [1, -3.4],
      ]),
      ...trees(
        random,
        outward.flatMap((_, arm) =>
          [34, 46, 60].flatMap((out) => [at(arm, out, kerb + 4), at(arm, out, -kerb - 4)]),
        ),
      ),
    ],
    lamps: [...lamps.map(({ over }) => over), [0, 0]],
    ...{ routes, crossings, signals: undefined, walkersPerMinute: 0.8, walkways: walkwaysOf() },
    neighbours: [],
    wrongWays: outward.map((_, arm) => wrongWay(arm, crossings)),
  };
}

/** A point of an arm: metres from the middle, and to the right of who drives in. */
function at(arm: number, out: number, right: number): Point {
  const [x, y] = outward[arm % 4]!;
  return [x * out - y * right, y * out + x * right];
}

/** Into the ring to the left, clockwise, and out by the next arm. */
function wrongWay(arm: number, crossings: readonly Crossing[]): WrongWay {
  const right = lane / 2;
  const start = quarterOf(arm) - 0.4;
  const end = quarterOf(arm) - Math.PI / 2 + 0.4;
  const arc = Array.from({ length: 8 }, (_, i) => onRing(start + ((end - start) * i) / 7));
  const [inAt, outAt] = [at(arm, yieldAt + 3, right), at(arm + 1, yieldAt + 3, -right)];
  const points = [
    at(arm, 45, right),
    inAt,
    ...bend(inAt, tangentAt(start, 4.2), arc[0]!, 6),
    ...arc.slice(1),
    ...bend(arc.at(-1)!, tangentAt(end, -4.2), outAt, 6),
    at(arm + 1, reach, -right),
  ];
  const route = routeOf(
    { path: pathThrough(points), entry: `against ${arm}`, speed: 8, perMinute: 0, mix: {} },
    [],
    crossings,
  );
  return { route, closed: [`${arm}`], emptyFor: reach };
}

/** The angle of an arm as seen from the middle. */
function quarterOf(arm: number): number {
  return ([1, 0, -1, 2][arm]! * Math.PI) / 2;
}

function onRing(angle: number): Point {
  return [ring.middle * cosine(angle), ring.middle * sine(angle)];
}

/** Ahead of a point of the ring, counter-clockwise, along its tangent. */
function tangentAt(angle: number, ahead: number): Point {
  const [x, y] = onRing(angle);
  return [x - ahead * sine(angle), y + ahead * cosine(angle)];
}

/** @param turns 1 leaves by the next arm to the right, 2 straight on, 3 to the left */
function routeFrom(arm: number, turns: number, crossings: readonly Crossing[], busy: number): Route {
  const right = lane / 2;
  const start = quarterOf(arm) + 0.52;
  const end = quarterOf(arm) + turns * (Math.PI / 2) - 0.52;
  const pieces = Math.ceil((end - start) * 8);
  const arc = Array.from({ length: pieces + 1 }, (_, i) => onRing(start + ((end - start) * i) / pieces));
  const exit = (arm + 4 - turns) % 4;
  const [inAt, outAt] = [at(arm, yieldAt + 3, right), at(exit, yieldAt + 3, -right)];
  const points: Point[] = [
    at(arm, reach, right),
    inAt,
    ...bend(inAt, tangentAt(start, -4.2), arc[0]!, 6),
    ...arc.slice(1),
    ...bend(arc.at(-1)!, tangentAt(end, 4.2), outAt, 6),
    at(exit, reach, -right),
  ];
  const watch = Array.from({ length: 20 }, (_, i) => onRing(start + 0.24 - 0.12 * i));
  const gates: Gate[] = [{ kind: "give-way", s: reach - yieldAt - 0.4, watch, sign: true }];
  const mix = { car: 9, truck: 1, motorcycle: 1.6, bicycle: 1.6 };
  const perMinute = [0.8, 1.1, 0.6][turns - 1]! * busy;
  return routeOf({ path: pathThrough(points), entry: `${arm}`, speed: 10, perMinute, mix }, gates, crossings);
}

function walkwaysOf(): Walkway[] {
  const out = kerb + 2.4;
  return outward.flatMap((_, arm) =>
    [1, -1].map((side): Walkway => {
      const points = [
        at(arm, 60, side * out),
        at(arm, crossingAt, side * out),
        at(arm, crossingAt, -side * out),
        at(arm, 58, -side * out),
      ];
      const first = 60 - crossingAt;
      return {
        path: pathThrough(points),
        crossings: [{ crossing: arm, enter: first + out - kerb - 0.4, leave: first + out + kerb }],
      };
    }),
  );
}

function cameraOf(random: Random) {
  const arm = Math.floor(random() * 4);
  const side = random() < 0.5 ? 1 : -1;
  const [x, y] = at(arm, 34 + 4 * random(), side * (kerb + 3.5));
  const target: Point = [0.12 * x + 3 * (random() - 0.5), 0.12 * y + 3 * (random() - 0.5)];
  return createPinhole([x, y, 9 + 3 * random()], target, picture(500 + 70 * random()));
}

function groundOf(): Patch[] {
  const far = 3000;
  const round = (radius: number, paint: Patch["colour"]): Patch[] =>
    Array.from({ length: 48 }, (_, i) => {
      const point = (k: number): Point => [
        radius * cosine((k * Math.PI) / 24),
        radius * sine((k * Math.PI) / 24),
      ];
      return patch([[0, 0], point(i), point(i + 1)], paint);
    });
  const patches = [rectangle(-far, -far, far, far, surface.grass), ...round(ring.edge + 6, surface.paving)];
  const wide = kerb + 5.5;
  patches.push(
    rectangle(-wide, -far, wide, far, surface.paving),
    rectangle(-far, -wide, far, wide, surface.paving),
  );
  for (const [grow, paint] of [
    [0.25, surface.kerb],
    [0, surface.asphalt],
  ] as const) {
    const half = kerb + grow;
    patches.push(rectangle(-half, -far, half, far, paint), rectangle(-far, -half, far, half, paint));
    for (const arm of outward.keys())
      patches.push(
        patch(
          [
            at(arm, 11, 8.8 + grow),
            at(arm, yieldAt + 5, half),
            at(arm, yieldAt + 5, -half),
            at(arm, 11, -8.8 - grow),
          ],
          paint,
        ),
      );
    patches.push(...round(ring.edge + grow, paint));
  }
  patches.push(
    ...round(ring.island + 0.9, surface.concrete),
    ...round(ring.island, surface.kerb),
    ...round(ring.island - 0.3, surface.grass),
  );
  for (const arm of outward.keys()) patches.push(...armMarkings(arm, far));
  return patches;
}

function armMarkings(arm: number, far: number): Patch[] {
  return [
    line(at(arm, crossingAt + 3, 0), at(arm, far, 0), 0.16, surface.yellow),
    line(at(arm, crossingAt + 3, kerb - 0.2), at(arm, far, kerb - 0.2), 0.12),
    line(at(arm, crossingAt + 3, -kerb + 0.2), at(arm, far, -kerb + 0.2), 0.12),
    patch([at(arm, 17.5, 0.5), at(arm, 20.8, 0.15), at(arm, 20.8, -0.15), at(arm, 17.5, -0.5)], surface.kerb),
    ...dashes(at(arm, yieldAt, 0.5), at(arm, yieldAt, kerb + 0.6), { width: 0.4, dash: 0.5, gap: 0.35 }),
    ...zebraStripes(at(arm, crossingAt, kerb - 0.2), at(arm, crossingAt, -kerb + 0.2), 3.4),
  ];
}
