import { type Mesh, type MeshBuilder, meshBuilder } from "../drawing/mesh.ts";
import { cosine, sine, type Vector } from "../geometry/vector.ts";
import { addFigure } from "./figure.ts";
import { material } from "./materials.ts";

/** Pictures of a turn of the pedals. */
export const pedalSteps = 8;
/** Metres a turn of the pedals. */
export const pedalLength = 4.5;

/** Bicycle and rider, one mesh for each part of a turn of the pedals. */
export function bicycleMeshes(): readonly Mesh[] {
  return Array.from({ length: pedalSteps }, (_, i) => {
    const builder = meshBuilder();
    addSpokedWheel(builder, 0.53, 0.34);
    addSpokedWheel(builder, -0.53, 0.34);
    const [rear, crank, saddle, head, front]: Vector[] = [
      [-0.53, 0, 0.34],
      [-0.05, 0, 0.3],
      [-0.22, 0, 0.92],
      [0.38, 0, 0.88],
      [0.53, 0, 0.34],
    ];
    const tubes: [Vector, Vector][] = [
      [rear!, crank!],
      [rear!, saddle!],
      [crank!, saddle!],
      [crank!, head!],
      [saddle!, head!],
      [head!, front!],
    ];
    for (const [from, to] of tubes) builder.bar(from, to, 0.055, material.paint);
    builder.bar([0.4, -0.28, 1.02], [0.4, 0.28, 1.02], 0.04, material.trim);
    builder.bar([0.4, 0, 0.86], [0.4, 0, 1.02], 0.04, material.trim, 12);
    builder.box([-0.36, -0.08, 0.92], [-0.1, 0.08, 0.98], material.trim, 8);
    builder.box([0.46, -0.14, 0.78], [0.72, 0.14, 1], material.hub, 8);
    const angle = (2 * Math.PI * i) / pedalSteps;
    const foot = (side: number): Vector => [
      -0.05 + 0.17 * cosine(angle) * side,
      side * 0.13,
      0.32 + 0.17 * sine(angle) * side,
    ];
    const knee = (side: number): Vector => [
      0.16 + 0.05 * cosine(angle) * side,
      side * 0.13,
      0.74 + 0.12 * sine(angle) * side,
    ];
    addFigure(builder, {
      hip: [-0.2, 0, 0.98],
      neck: [0.05, 0, 1.52],
      knees: [knee(1), knee(-1)],
      feet: [foot(1), foot(-1)],
      elbows: [
        [0.16, 0.28, 1.2],
        [0.16, -0.28, 1.2],
      ],
      hands: [
        [0.38, 0.25, 1.05],
        [0.38, -0.25, 1.05],
      ],
      helmet: true,
    });
    return builder.faces;
  });
}

/** A ring with a hub: what is behind shows through. */
function addSpokedWheel(builder: MeshBuilder, x: number, radius: number): void {
  const pieces = 10;
  const at = (i: number, r: number, y: number): Vector => [
    x + r * cosine((2 * Math.PI * i) / pieces),
    y,
    radius + r * sine((2 * Math.PI * i) / pieces),
  ];
  const [inner, thick] = [radius * 0.8, 0.025];
  const centre: Vector = [x, 0, radius];
  for (let i = 0; i < pieces; i++) {
    for (const y of [thick, -thick])
      builder.face(
        [at(i, radius, y), at(i + 1, radius, y), at(i + 1, inner, y), at(i, inner, y)],
        material.tyre,
        centre,
      );
    builder.face(
      [at(i, radius, thick), at(i + 1, radius, thick), at(i + 1, radius, -thick), at(i, radius, -thick)],
      material.tyre,
      centre,
    );
  }
  for (let i = 0; i < 5; i++) builder.bar(centre, at(2 * i, inner, 0), 0.014, material.hub, 30);
}

/** Motorcycle, or a scooter with a low step, and its rider. */
export function motorcycleMesh(scooter: boolean): Mesh {
  const builder = meshBuilder();
  const radius = scooter ? 0.26 : 0.31;
  for (const x of [0.68, -0.62]) {
    for (const side of [1, -1] as const) {
      builder.disc([x, side * 0.075, radius], radius, side, material.tyre);
      builder.disc([x, side * 0.08, radius], radius * 0.55, side, material.hub, 12);
    }
    builder.box([x - radius * 0.85, -0.07, 0], [x + radius * 0.85, 0.07, radius * 1.5], material.tyre);
  }
  if (scooter) {
    builder.box([-0.8, -0.17, 0.42], [-0.12, 0.17, 0.74], material.paint);
    builder.box([-0.15, -0.18, 0.2], [0.4, 0.18, 0.32], material.paint);
    builder.block([0.46, 0, 0.22], [0.12, 0.4], [0.36, 0, 0.92], [0.1, 0.34], material.paint);
  } else {
    builder.box([-0.32, -0.18, 0.26], [0.32, 0.18, 0.6], material.trim);
    builder.block([0.18, 0, 0.6], [0.62, 0.3], [0.16, 0, 0.88], [0.5, 0.24], material.paint);
    builder.block([0.62, 0, 0.55], [0.2, 0.3], [0.5, 0, 1.05], [0.14, 0.28], material.paint);
    builder.box([-0.85, -0.12, 0.6], [-0.1, 0.12, 0.8], material.trim);
    builder.bar([-0.75, -0.2, 0.34], [0.1, -0.2, 0.32], 0.1, material.hub, 10);
  }
  builder.bar([0.4, -0.34, 1.02], [0.4, 0.34, 1.02], 0.05, material.trim);
  builder.bar([0.68, 0, radius], [0.44, 0, 0.95], 0.09, material.hub);
  builder.face(
    [
      [0.74, -0.09, 0.7],
      [0.74, 0.09, 0.7],
      [0.68, 0.09, 0.86],
      [0.68, -0.09, 0.86],
    ],
    material.headlamp,
    [0, 0, 0.7],
  );
  builder.face(
    [
      [-0.87, -0.1, 0.62],
      [-0.87, 0.1, 0.62],
      [-0.87, 0.1, 0.74],
      [-0.87, -0.1, 0.74],
    ],
    material.tailLamp,
    [0, 0, 0.7],
  );
  const foot = (side: number): Vector => (scooter ? [0.22, side * 0.13, 0.36] : [-0.1, side * 0.2, 0.34]);
  const knee = (side: number): Vector => (scooter ? [0.18, side * 0.16, 0.8] : [0.24, side * 0.24, 0.68]);
  addFigure(builder, {
    hip: [-0.3, 0, 0.82],
    neck: scooter ? [-0.14, 0, 1.38] : [0.02, 0, 1.34],
    knees: [knee(1), knee(-1)],
    feet: [foot(1), foot(-1)],
    elbows: [
      [0.1, 0.34, 1.08],
      [0.1, -0.34, 1.08],
    ],
    hands: [
      [0.38, 0.3, 1.03],
      [0.38, -0.3, 1.03],
    ],
    helmet: true,
  });
  return builder.faces;
}
