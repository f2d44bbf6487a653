import { type Mesh, type MeshBuilder, meshBuilder } from "../drawing/mesh.ts";
import type { Vector } from "../geometry/vector.ts";
import { addWheels, plate } from "./car.ts";
import { material } from "./materials.ts";

export interface TruckShape {
  readonly length: number;
  readonly width: number;
  readonly height: number;
  readonly load: "box" | "open" | "trailer";
}

export const truckShapes: readonly TruckShape[] = [
  { length: 7.2, width: 2.35, height: 3.2, load: "box" },
  { length: 7.6, width: 2.5, height: 2.9, load: "open" },
  { length: 13.2, width: 2.5, height: 3.7, load: "trailer" },
  { length: 5.9, width: 2.1, height: 2.6, load: "box" },
];

const cabLength = 2;

export function truckMesh({ length, width, height, load }: TruckShape): Mesh {
  const builder = meshBuilder();
  const [front, back, half] = [length / 2, -length / 2, width / 2];
  const cabHeight = Math.min(height - 0.25, 2.9);
  builder.box([back + 0.1, -half * 0.7, 0.55], [front - 0.4, half * 0.7, 0.95], material.trim);
  addCab(builder, front, half * 0.96, cabHeight);

  const bedEnd = front - cabLength - (load === "trailer" ? 0.7 : 0.2);
  if (load === "open") addOpenBed(builder, back, bedEnd, half);
  else {
    builder.box([back, -half, 0.95], [bedEnd, half, height], material.second);
    addSeams(builder, back, bedEnd, half, height);
  }
  for (const side of [1, -1]) {
    plate(builder, back - 0.02, side * half * 0.6, side * half * 0.95, 0.62, 0.86, material.tailLamp);
    plate(builder, back - 0.02, side * half * 0.4, side * half * 0.6, 0.62, 0.86, material.indicator);
  }
  const rearAxles = load === "trailer" ? [back + 1.2, back + 2.5, front - 4] : [back + 1.5];
  addWheels(builder, [front - 1.2, ...rearAxles], half * 0.97, 0.5);
  return builder.faces;
}

function addCab(builder: MeshBuilder, front: number, half: number, height: number): void {
  const back = front - cabLength;
  builder.prism(
    [
      [back, 0.5],
      [front, 0.5],
      [front + 0.02, 1.35],
      [front - 0.3, height],
      [back, height],
    ],
    () => half,
    material.paint,
  );
  const inside: Vector = [front - 1, 0, 1.2];
  const slope = (z: number) => front + 0.04 - (0.32 * (z - 1.35)) / (height - 1.35);
  const corner = (z: number, y: number): Vector => [slope(z), y, z];
  const [low, high] = [1.42, height - 0.25];
  builder.face(
    [corner(low, half * 0.9), corner(low, -half * 0.9), corner(high, -half * 0.9), corner(high, half * 0.9)],
    material.glass,
    inside,
  );
  for (const side of [1, -1]) {
    const y = side * (half + 0.015);
    builder.face(
      [
        [front - 1.35, y, low],
        [front - 0.25, y, low],
        [front - 0.42, y, high],
        [front - 1.35, y, high],
      ],
      material.glass,
      inside,
    );
    plate(builder, front + 0.03, side * half * 0.6, side * half * 0.95, 0.68, 0.92, material.headlamp);
    plate(builder, front + 0.03, side * half * 0.82, side * half * 0.97, 0.56, 0.66, material.indicator);
    const mirror = side * (half + 0.2);
    builder.box(
      [front - 0.3, Math.min(mirror, side * half), 1.5],
      [front - 0.18, Math.max(mirror, side * half), 2],
      material.trim,
      9,
    );
  }
  plate(builder, front + 0.025, -half * 0.55, half * 0.55, 0.65, 1.25, material.trim, 6);
}

/** A tipper's bed with its load. */
function addOpenBed(builder: MeshBuilder, back: number, front: number, half: number): void {
  builder.box([back, -half, 0.95], [front, half, 1.9], material.second);
  builder.block(
    [(back + front) / 2, 0, 1.9],
    [(front - back) * 0.94, 2 * half * 0.92],
    [(back + front) / 2, 0, 2.45],
    [(front - back) * 0.4, half * 0.6],
    material.sign,
  );
  for (let x = back + 0.8; x < front; x += 1.1) addRib(builder, x, half, 0.98, 1.88);
}

function addSeams(builder: MeshBuilder, back: number, front: number, half: number, height: number): void {
  for (let x = back + 1.2; x < front - 0.5; x += 1.6) addRib(builder, x, half, 1, height - 0.05);
  // The two doors at the back.
  plate(builder, back - 0.012, -0.03, 0.03, 1, height - 0.08, material.trim, 9);
  for (const side of [1, -1]) {
    const y = side * (half + 0.012);
    const inside: Vector = [0, 0, 1];
    builder.face(
      [
        [back, y, 0.95],
        [front, y, 0.95],
        [front, y, 1.06],
        [back, y, 1.06],
      ],
      material.trim,
      inside,
      6,
    );
  }
}

function addRib(builder: MeshBuilder, x: number, half: number, low: number, high: number): void {
  for (const side of [1, -1]) {
    const y = side * (half + 0.012);
    const inside: Vector = [x, 0, (low + high) / 2];
    builder.face(
      [
        [x, y, low],
        [x + 0.05, y, low],
        [x + 0.05, y, high],
        [x, y, high],
      ],
      material.trim,
      inside,
      14,
    );
  }
}
