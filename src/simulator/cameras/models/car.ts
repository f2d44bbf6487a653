import { type Mesh, type MeshBuilder, meshBuilder } from "../drawing/mesh.ts";
import type { Vector } from "../geometry/vector.ts";
import { material } from "./materials.ts";

/** A car's measures, metres; x is ahead of its middle. */
export interface CarShape {
  readonly length: number;
  readonly width: number;
  readonly height: number;
  /** Of the bonnet and the boot lid at the windows. */
  readonly waist: number;
  readonly windscreen: { readonly base: number; readonly top: number };
  readonly rear: { readonly base: number; readonly top: number };
}

export const carShapes: readonly CarShape[] = [
  // Saloon, hatchback, SUV, van, small car.
  {
    length: 4.7,
    width: 1.82,
    height: 1.45,
    waist: 0.94,
    windscreen: { base: 1.05, top: 0.35 },
    rear: { base: -1.75, top: -1.05 },
  },
  {
    length: 4.25,
    width: 1.8,
    height: 1.48,
    waist: 0.96,
    windscreen: { base: 1.0, top: 0.35 },
    rear: { base: -2.05, top: -1.6 },
  },
  {
    length: 4.6,
    width: 1.9,
    height: 1.72,
    waist: 1.08,
    windscreen: { base: 1.05, top: 0.5 },
    rear: { base: -2.22, top: -1.85 },
  },
  {
    length: 5.0,
    width: 1.95,
    height: 1.95,
    waist: 1.15,
    windscreen: { base: 1.7, top: 0.95 },
    rear: { base: -2.42, top: -2.25 },
  },
  {
    length: 3.7,
    width: 1.66,
    height: 1.52,
    waist: 0.95,
    windscreen: { base: 0.95, top: 0.4 },
    rear: { base: -1.78, top: -1.45 },
  },
];

const groundClearance = 0.2;
const roofShare = 0.78;

export function carMesh(shape: CarShape, isTaxi: boolean): Mesh {
  const builder = meshBuilder();
  const { length, width, height, waist, windscreen, rear } = shape;
  const half = width / 2;
  const ends = { front: length / 2, back: -length / 2 };
  builder.prism(
    [
      [ends.back + 0.12, groundClearance],
      [ends.front - 0.18, groundClearance],
      [ends.front, 0.42],
      [ends.front - 0.06, waist - 0.26],
      [windscreen.base, waist],
      [rear.base, waist],
      [ends.back + 0.04, waist - 0.05],
      [ends.back, 0.45],
    ],
    () => half,
    material.paint,
  );
  const cabinHalf = (z: number) => half * (0.97 - ((0.97 - roofShare) * (z - waist)) / (height - waist));
  builder.prism(
    [
      [windscreen.base, waist],
      [windscreen.top, height],
      [rear.top, height],
      [rear.base, waist],
    ],
    cabinHalf,
    material.paint,
  );
  addWindows(builder, shape, cabinHalf);
  addWheels(builder, [length * 0.305, -length * 0.3], half, 0.33);
  addEnds(builder, ends, half, waist);
  for (const side of [1, -1])
    builder.box(
      [windscreen.base - 0.28, Math.min(side * half, side * (half + 0.16)), waist],
      [windscreen.base - 0.12, Math.max(side * half, side * (half + 0.16)), waist + 0.14],
      material.paint,
      14,
    );
  if (isTaxi) builder.box([-0.35, -0.3, height], [-0.15, 0.3, height + 0.16], material.sign);
  return builder.faces;
}

function addWindows(builder: MeshBuilder, shape: CarShape, halfAt: (z: number) => number): void {
  const { height, waist, windscreen, rear } = shape;
  const inside: Vector = [(windscreen.top + rear.top) / 2, 0, waist];
  const low = waist + 0.05;
  const high = height - 0.09;
  const share = (z: number) => (z - waist) / (height - waist);
  const front = (z: number) => windscreen.base + share(z) * (windscreen.top - windscreen.base);
  const back = (z: number) => rear.base + share(z) * (rear.top - rear.base);

  const across = (x: (z: number) => number, away: number) => {
    const corner = (z: number, side: number): Vector => [x(z) + away, side * halfAt(z) * 0.9, z + 0.02];
    builder.face(
      [corner(low, 1), corner(low, -1), corner(high, -1), corner(high, 1)],
      material.glass,
      inside,
    );
  };
  across(front, 0.02);
  across(back, -0.02);

  const pillar = (windscreen.top + rear.top) / 2 + 0.15;
  for (const side of [1, -1]) {
    const at = (x: number, z: number): Vector => [x, side * (halfAt(z) + 0.015), z];
    const pane = (corners: Vector[]) => builder.face(corners, material.glass, inside);
    pane([
      at(front(low) - 0.2, low),
      at(front(high) - 0.12, high),
      at(pillar + 0.05, high),
      at(pillar + 0.05, low),
    ]);
    pane([
      at(pillar - 0.05, low),
      at(pillar - 0.05, high),
      at(back(high) + 0.14, high),
      at(back(low) + 0.22, low),
    ]);
  }
}

/** Tyres with hubs, and the dark of the arches around them. */
export function addWheels(
  builder: MeshBuilder,
  places: readonly number[],
  half: number,
  radius: number,
): void {
  for (const x of places) {
    for (const side of [1, -1] as const) {
      builder.disc([x, side * (half + 0.004), radius + 0.05], radius + 0.07, side, material.trim, 8);
      builder.disc([x, side * (half + 0.012), radius], radius, side, material.tyre);
      builder.disc([x, side * (half + 0.02), radius], radius * 0.6, side, material.hub, 10);
      const inner = side * (half - 0.22);
      builder.box(
        [x - radius * 0.8, Math.min(inner, side * half), 0],
        [x + radius * 0.8, Math.max(inner, side * half), radius],
        material.tyre,
        6,
      );
    }
  }
}

/** Lamps, grille, bumpers and plates. */
function addEnds(
  builder: MeshBuilder,
  ends: { front: number; back: number },
  half: number,
  waist: number,
): void {
  const front = (y0: number, y1: number, z0: number, z1: number, what: number, detail: number) =>
    plate(builder, ends.front + 0.012, y0, y1, z0, z1, what, detail);
  const back = (y0: number, y1: number, z0: number, z1: number, what: number, detail: number) =>
    plate(builder, ends.back - 0.012, y0, y1, z0, z1, what, detail);
  front(-half * 0.5, half * 0.5, 0.44, waist - 0.32, material.trim, 8);
  front(-half, half, groundClearance, 0.33, material.trim, 12);
  front(-0.26, 0.26, 0.36, 0.46, material.plate, 18);
  back(-0.26, 0.26, 0.5, 0.61, material.plate, 14);
  back(-half, half, groundClearance, 0.36, material.trim, 10);
  for (const side of [1, -1]) {
    front(side * half * 0.54, side * half * 0.96, waist - 0.44, waist - 0.27, material.headlamp, 0);
    front(side * half * 0.8, side * half * 0.98, waist - 0.5, waist - 0.44, material.indicator, 0);
    back(side * half * 0.62, side * half * 0.98, waist - 0.28, waist - 0.1, material.tailLamp, 0);
    back(side * half * 0.74, side * half * 0.98, waist - 0.36, waist - 0.28, material.indicator, 0);
  }
}

/** An upright plate that looks along the vehicle, away from its middle. */
export function plate(
  builder: MeshBuilder,
  x: number,
  y0: number,
  y1: number,
  z0: number,
  z1: number,
  what: number,
  detail = 0,
): void {
  builder.face(
    [
      [x, y0, z0],
      [x, y1, z0],
      [x, y1, z1],
      [x, y0, z1],
    ],
    what,
    [0, 0, 0.7],
    detail,
  );
}
