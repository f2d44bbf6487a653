import { type Mesh, type MeshBuilder, meshBuilder } from "../drawing/mesh.ts";
import { cosine, sine, type Vector } from "../geometry/vector.ts";
import { material } from "./materials.ts";

/** Lamps of a traffic light in a palette: red, yellow, green. */
export const lampMaterials = [material.headlamp, material.tailLamp, material.indicator] as const;

/** A traffic light's head: its middle at the origin, looking along x. */
export function lightHeadMesh(): Mesh {
  const builder = meshBuilder();
  builder.box([-0.16, -0.21, -0.58], [0.12, 0.21, 0.58], material.trim);
  builder.box([-0.19, -0.36, -0.72], [-0.16, 0.36, 0.72], material.paint);
  lampMaterials.forEach((lamp, i) => {
    const z = 0.37 - 0.37 * i;
    const rim = Array.from(
      { length: 10 },
      (_, k): Vector => [0.13, 0.15 * cosine((Math.PI * k) / 5), z + 0.15 * sine((Math.PI * k) / 5)],
    );
    builder.face(rim, lamp, [-1, 0, 0]);
    builder.box([0.12, -0.17, z + 0.14], [0.3, 0.17, z + 0.17], material.trim, 14);
  });
  return builder.faces;
}

export const lightHeadSize = { length: 0.4, width: 0.72, height: 1.44 };

/** A pole, and an arm of `reach` metres along y from its top. */
export function poleMesh(height: number, reach: number): Mesh {
  const builder = meshBuilder();
  builder.block([0, 0, 0], [0.24, 0.24], [0, 0, height], [0.16, 0.16], material.hub);
  if (reach !== 0) builder.bar([0, 0, height - 0.1], [0, reach, height + 0.25], 0.13, material.hub);
  return builder.faces;
}

/** A street lamp that reaches over the road along x. */
export function streetLampMesh(height: number): Mesh {
  const builder = meshBuilder();
  builder.block([0, 0, 0], [0.2, 0.2], [0, 0, height], [0.12, 0.12], material.hub);
  builder.bar([0, 0, height], [1.8, 0, height + 0.35], 0.1, material.hub);
  builder.box([1.5, -0.18, height + 0.24], [2.3, 0.18, height + 0.38], material.trim);
  builder.face(
    [
      [1.55, -0.15, height + 0.23],
      [2.25, -0.15, height + 0.23],
      [2.25, 0.15, height + 0.23],
      [1.55, 0.15, height + 0.23],
    ],
    material.headlamp,
    [1.9, 0, height + 1],
  );
  return builder.faces;
}

/** Letters of STOP as bars of a 3 by 5 grid: row, first and last column. */
const letters = {
  S: [
    [0, 0, 2],
    [1, 0, 0],
    [2, 0, 2],
    [3, 2, 2],
    [4, 0, 2],
  ],
  T: [
    [0, 0, 2],
    [1, 1, 1],
    [2, 1, 1],
    [3, 1, 1],
    [4, 1, 1],
  ],
  O: [
    [0, 0, 2],
    [1, 0, 0],
    [1, 2, 2],
    [2, 0, 0],
    [2, 2, 2],
    [3, 0, 0],
    [3, 2, 2],
    [4, 0, 2],
  ],
  P: [
    [0, 0, 2],
    [1, 0, 0],
    [1, 2, 2],
    [2, 0, 2],
    [3, 0, 0],
    [4, 0, 0],
  ],
} as const;

/** The plate of a stop sign, its middle at the origin, looking along x: 0.9 m across. */
export function stopSignMesh(): Mesh {
  const builder = meshBuilder();
  const octagon = (x: number, radius: number) =>
    Array.from(
      { length: 8 },
      (_, k): Vector => [
        x,
        radius * cosine(Math.PI / 8 + (Math.PI * k) / 4),
        radius * sine(Math.PI / 8 + (Math.PI * k) / 4),
      ],
    );
  builder.face(octagon(0, 0.5), material.plate, [-1, 0, 0]);
  builder.face(octagon(0.008, 0.455), material.paint, [-1, 0, 0]);
  builder.face(octagon(-0.02, 0.5), material.hub, [1, 0, 0]);
  [..."STOP"].forEach((letter, index) => {
    for (const [row, first, last] of letters[letter as keyof typeof letters])
      addBar(builder, index, row, first, last);
  });
  return builder.faces;
}

/** Who reads it looks against x: to the right is +y. */
function addBar(builder: MeshBuilder, index: number, row: number, first: number, last: number): void {
  const cell = 0.052;
  const left = -0.36 + index * 0.187 + first * cell;
  const right = -0.36 + index * 0.187 + (last + 1) * cell;
  const top = 0.14 - row * 0.058;
  const corner = (y: number, z: number): Vector => [0.016, y, z];
  builder.face(
    [corner(left, top), corner(right, top), corner(right, top - 0.058), corner(left, top - 0.058)],
    material.plate,
    [-1, 0, 0],
    22,
  );
}

export const stopSignSize = { length: 0.1, width: 1, height: 1 };

/** A tree with a crown of a few leafy lumps. */
export function treeMesh(lumps: readonly { at: Vector; radius: number }[], height: number): Mesh {
  const builder = meshBuilder();
  builder.block([0, 0, 0], [0.34, 0.34], [0, 0, height * 0.55], [0.2, 0.2], material.trim);
  for (const [i, { at, radius }] of lumps.entries())
    addLump(builder, at, radius, i % 2 === 0 ? material.paint : material.second);
  return builder.faces;
}

function addLump(builder: MeshBuilder, [x, y, z]: Vector, radius: number, what: number): void {
  const ring = (k: number, share: number, up: number): Vector => [
    x + radius * share * cosine((Math.PI * k) / 4 + up),
    y + radius * share * sine((Math.PI * k) / 4 + up),
    z + radius * up,
  ];
  const levels = [
    [-0.75, 0.5],
    [-0.2, 0.98],
    [0.35, 0.86],
    [0.8, 0.42],
  ] as const;
  for (let k = 0; k < 8; k++) {
    for (let level = 0; level < 3; level++) {
      const [lowUp, lowShare] = levels[level]!;
      const [highUp, highShare] = levels[level + 1]!;
      builder.face(
        [
          ring(k, lowShare, lowUp),
          ring(k + 1, lowShare, lowUp),
          ring(k + 1, highShare, highUp),
          ring(k, highShare, highUp),
        ],
        what,
        [x, y, z],
      );
    }
  }
  builder.face(
    Array.from({ length: 8 }, (_, k) => ring(k, 0.42, 0.8)),
    what,
    [x, y, z],
  );
}
