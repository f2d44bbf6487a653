import { bend, pathThrough } from "../geometry/path.ts";
import { createPinhole, type Pinhole } from "../geometry/pinhole.ts";
import type { Point } from "../geometry/vector.ts";
import type { Random } from "../traffic/looks.ts";
import { dashes, line, patch, rectangle, surface, zebraStripes } from "./ground.ts";
import { routeOf } from "./route.ts";
import type { Crossing, Gate, Patch, Route, Scene, SignalPlan, Walkway } from "./scene.ts";
import { buildings, lampPost, picture, trafficLight, trees } from "./surroundings.ts";

/** Metres: lanes are numbered from the middle of the road outwards. */
const lane = 3.3;
const bikeLane = 1.8;
const kerb = 2 * lane + bikeLane;
const reach = 95;
const crossingAt = { near: 12.2, far: 15.6 };
const stopLine = 17;
const middle = (crossingAt.near + crossingAt.far) / 2;

/** Groups of signals. */
const group = { through: [0, 2], left: [1, 3], walk: [4, 5] } as const;
const signals: SignalPlan = {
  phases: [
    { seconds: 15, green: [0, 4] },
    { seconds: 7, green: [1] },
    { seconds: 15, green: [2, 5] },
    { seconds: 7, green: [3] },
  ],
  yellow: 3,
  allRed: 2,
};

/** The four arms by the direction that leads out: 0 north and 2 south share their phases, as 1 east and 3 west do. */
const outward: readonly Point[] = [
  [0, 1],
  [1, 0],
  [0, -1],
  [-1, 0],
];

/** Four arms with two lanes each way, bicycle lanes, crossings and traffic lights. */
export function junction(random: Random): Scene {
  const camera = cameraOf(random);
  const crossings = outward.map(
    (_, arm): Crossing => ({
      ...{ from: at(arm, middle, kerb), to: at(arm, middle, -kerb) },
      ...{ width: crossingAt.far - crossingAt.near, group: group.walk[arm % 2 === 1 ? 0 : 1] },
    }),
  );
  const busy = 0.75 + 0.5 * random();
  const routes = outward.flatMap((_, arm) => routesInto(arm, crossings, busy));
  const named = (from: number, way: string) =>
    routes[from * 4 + ["through", "right", "left", "bike"].indexOf(way)]!;
  return {
    camera,
    ground: groundOf(),
    ...surroundingsOf(random, camera),
    ...{ routes, crossings, signals },
    walkways: walkwaysOf(),
    neighbours: outward.map((_, arm) => [named(arm, "left"), named(arm, "through")] as const),
    wrongWays: [],
    walkersPerMinute: 2.2,
  };
}

/** A point of an arm: metres from the middle of the junction, and to the right of who drives in. */
function at(arm: number, out: number, right: number): Point {
  const [x, y] = outward[arm % 4]!;
  // Who drives in goes against the arm's direction: its right is [-y, x].
  return [x * out - y * right, y * out + x * right];
}

function routesInto(arm: number, crossings: readonly Crossing[], busy: number): Route[] {
  const [inner, outer, cycle] = [lane / 2, 1.5 * lane, 2 * lane + bikeLane / 2];
  const axis = arm % 2;
  const stop = (group: number): Gate => ({ kind: "signal", s: reach - stopLine, group });
  const through = stop(group.through[axis]!);
  const straight = (right: number) => pathThrough([at(arm, reach, right), at(arm + 2, reach, -right)]);
  // Who drives in turns right into the arm before this one, clockwise, and left into the one after it.
  const into = (to: number, right: number, from: number, out: number): Point[] => {
    const start = at(arm, out, right);
    const end = at(to, out, -from);
    const corner: Point = arm % 2 === 0 ? [start[0], end[1]] : [end[0], start[1]];
    return [at(arm, reach, right), start, ...bend(start, corner, end), at(to, reach, -from)];
  };
  // Who turns right lets bicycles go straight on first.
  const besideBicycles: Gate = {
    ...{ kind: "give-way", s: reach - 14.2, sign: false },
    watch: Array.from({ length: 18 }, (_, i) => at(arm, 8 + 2 * i, cycle)),
  };
  const cars = { car: 10, bus: 1.2, truck: 1.5, motorcycle: 2 };
  const usual = { speed: 11.5, mix: cars };
  return [
    { ...usual, path: straight(outer), entry: `${arm} outer`, perMinute: 2.8 * busy, gates: [through] },
    {
      ...{ ...usual, path: pathThrough(into(arm + 3, outer, outer, 13)), entry: `${arm} outer` },
      ...{ perMinute: 0.8 * busy, gates: [through, besideBicycles] },
    },
    {
      ...{ ...usual, path: pathThrough(into(arm + 1, inner, inner, 14)), entry: `${arm} inner` },
      ...{ perMinute: 1.1 * busy, gates: [stop(group.left[axis]!)] },
    },
    {
      ...{ path: straight(cycle), entry: `${arm} bicycles`, speed: 6.5, perMinute: 1.4 * busy },
      ...{ gates: [through], mix: { bicycle: 3, motorcycle: 1 } },
    },
  ].map(({ gates, ...route }) => routeOf(route, gates, crossings));
}

/** Along both pavements of each road, in both directions, and straight over the crossings. */
function walkwaysOf(): Walkway[] {
  return outward.flatMap((_, arm) =>
    [1, -1].map((side): Walkway => {
      const right = side * middle;
      // The crossing it takes is that of the arm on its side.
      const crossing = (arm + (side === 1 ? 3 : 1)) % 4;
      return {
        path: pathThrough([at(arm, 60, right), at(arm + 2, 60, -right)]),
        crossings: [{ crossing, enter: 60 - kerb - 0.4, leave: 60 + kerb }],
      };
    }),
  );
}

function cameraOf(random: Random) {
  const corner = Math.floor(random() * 4);
  const [x, y] = at(corner, kerb + 7 + 3 * random(), kerb + 7 + 3 * random());
  const position = [x, y, 8 + 2.5 * random()] as const;
  const target: Point = [-0.12 * x + 4 * (random() - 0.5), -0.12 * y + 4 * (random() - 0.5)];
  return createPinhole(position, target, picture(500 + 60 * random()));
}

function groundOf(): Patch[] {
  const far = 3000;
  const patches: Patch[] = [rectangle(-far, -far, far, far, surface.grass)];
  const wide = kerb + 7;
  patches.push(
    rectangle(-wide, -far, wide, far, surface.paving),
    rectangle(-far, -wide, far, wide, surface.paving),
  );
  for (const grow of [0.25, 0]) {
    const paint = grow > 0 ? surface.kerb : surface.asphalt;
    const half = kerb + grow;
    patches.push(rectangle(-half, -far, half, far, paint), rectangle(-far, -half, far, half, paint));
    for (const [x, y] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ] as const)
      patches.push(roundedCorner(x, y, half, paint));
  }
  for (const arm of outward.keys()) patches.push(...armMarkings(arm, far));
  return patches;
}

/** Fills the corner between two roads with a curve. */
function roundedCorner(x: number, y: number, half: number, paint: Patch["colour"]): Patch {
  const radius = 3.4;
  const curve = bend(
    [x * half, y * (half + radius)],
    [x * half, y * half],
    [x * (half + radius), y * half],
    6,
  );
  return patch(
    [
      [x * (half - 1), y * (half - 1)],
      [x * (half - 1), y * (half + radius)],
      [x * half, y * (half + radius)],
      ...curve,
      [x * (half + radius), y * (half - 1)],
    ],
    paint,
  );
}

function armMarkings(arm: number, far: number): Patch[] {
  const along = (right: number, from = stopLine, to = far) =>
    [at(arm, from, right), at(arm, to, right)] as const;
  const bike = (right: number) => {
    const [a, b] = along(right - bikeLane / 2, stopLine, 120);
    const [c, d] = along(right + bikeLane / 2, stopLine, 120);
    return patch([a, b, d, c], surface.bikeLane);
  };
  const cycle = 2 * lane + bikeLane / 2;
  return [
    bike(cycle),
    bike(-cycle),
    line(...along(0.12), 0.13, surface.yellow),
    line(...along(-0.12), 0.13, surface.yellow),
    line(...along(2 * lane), 0.15),
    line(...along(-2 * lane), 0.15),
    line(...along(lane, stopLine, stopLine + 25), 0.15),
    ...dashes(at(arm, stopLine + 25, lane), at(arm, 160, lane)),
    ...dashes(at(arm, stopLine, -lane), at(arm, 160, -lane)),
    line(at(arm, stopLine, 0.2), at(arm, stopLine, kerb - 0.1), 0.4),
    ...zebraStripes(
      at(arm, middle, kerb - 0.3),
      at(arm, middle, -kerb + 0.3),
      crossingAt.far - crossingAt.near,
    ),
    ...arrow(arm, 0.5 * lane, "left"),
    ...arrow(arm, 1.5 * lane, "ahead"),
  ];
}

/** An arrow on the road before the stop line. */
function arrow(arm: number, right: number, way: "left" | "ahead"): Patch[] {
  const start = stopLine + 9;
  const shaft = line(at(arm, start, right), at(arm, start - 3.4, right), 0.22);
  const head = (points: readonly Point[]) => patch(points, surface.white);
  if (way === "ahead")
    return [
      shaft,
      head([at(arm, start - 3.2, right - 0.5), at(arm, start - 5, right), at(arm, start - 3.2, right + 0.5)]),
    ];
  return [
    shaft,
    line(at(arm, start - 3.3, right + 0.1), at(arm, start - 3.3, right - 0.6), 0.4),
    head([
      at(arm, start - 2.5, right - 0.5),
      at(arm, start - 3.3, right - 1.2),
      at(arm, start - 4.1, right - 0.5),
    ]),
  ];
}

function surroundingsOf(random: Random, camera: Pinhole): Pick<Scene, "backdrop" | "fixtures" | "lamps"> {
  const lights = outward.flatMap((_, arm) => {
    // They hang beyond the junction and look at who comes in by this arm.
    const facing = outward[arm]!;
    const pole = at(arm + 2, 17.5, -(kerb + 0.9));
    const axis = arm % 2;
    const overhead = (right: number, group: number) => ({ over: at(arm + 2, 17.5, -right), group });
    const near = at(arm, 17.8, kerb + 0.9);
    return [
      ...trafficLight(pole, facing, [
        overhead(1.5 * lane, group.through[axis]!),
        overhead(0.5 * lane, group.left[axis]!),
      ]),
      ...trafficLight(near, facing, [{ over: near, group: group.through[axis]! }]),
    ];
  });
  const lamps = outward.flatMap((_, arm) =>
    [32, 62].map((out) => ({ foot: at(arm, out, kerb + 1), over: at(arm, out, kerb - 2) })),
  );
  return {
    backdrop: buildings(random, camera, wide),
    fixtures: [
      ...lights,
      ...lamps.map(({ foot, over }) => lampPost(foot, over)),
      ...trees(
        random,
        outward.flatMap((_, arm) =>
          [24, 36, 48, 60, 72].flatMap((out) => [at(arm, out, kerb + 4.2), at(arm, out, -(kerb + 4.2))]),
        ),
      ),
    ],
    lamps: [...lamps.map(({ over }) => over), [0, 0]],
  };
}

const wide = kerb + 9;
