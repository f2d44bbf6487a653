import { type Mesh, meshBuilder } from "../drawing/mesh.ts";
import type { Vector } from "../geometry/vector.ts";
import { addWheels, plate } from "./car.ts";
import { material } from "./materials.ts";

export interface BusShape {
  readonly length: number;
  readonly width: number;
  readonly height: number;
}

export const busShapes: readonly BusShape[] = [
  { length: 11.8, width: 2.55, height: 3.1 },
  { length: 10.4, width: 2.5, height: 3.3 },
];

export function busMesh({ length, width, height }: BusShape): Mesh {
  const builder = meshBuilder();
  const [front, back, half] = [length / 2, -length / 2, width / 2];
  builder.prism(
    [
      [back, 0.35],
      [front, 0.35],
      [front + 0.05, 1.2],
      [front - 0.1, height - 0.12],
      [front - 0.35, height],
      [back + 0.25, height],
      [back, height - 0.2],
    ],
    () => half,
    material.paint,
  );
  builder.box([back + 2.2, -0.75, height], [back + 4.6, 0.75, height + 0.25], material.trim);

  const inside: Vector = [0, 0, 1.5];
  const panel = (side: number, x0: number, x1: number, z0: number, z1: number, what: number, detail = 0) => {
    const y = side * (half + 0.015);
    builder.face(
      [
        [x0, y, z0],
        [x1, y, z0],
        [x1, y, z1],
        [x0, y, z1],
      ],
      what,
      inside,
      detail,
    );
  };
  const panes = Math.round((length - 1) / 1.55);
  const pitch = (length - 1) / panes;
  for (const side of [1, -1]) {
    panel(side, back + 0.02, front - 0.02, 0.42, 0.86, material.second);
    for (let i = 0; i < panes; i++) {
      const x = back + 0.4 + i * pitch;
      panel(side, x + 0.05, x + pitch - 0.05, 1.3, height - 0.55, material.glass);
    }
  }
  // Doors are on the right.
  for (const x of [front - 1.6, back + length * 0.42]) {
    panel(-1, x - 0.02, x + 1.22, 0.42, height - 0.5, material.trim, 6);
    for (const leaf of [x, x + 0.63]) {
      const y = -(half + 0.03);
      builder.face(
        [
          [leaf, y, 0.5],
          [leaf + 0.57, y, 0.5],
          [leaf + 0.57, y, height - 0.55],
          [leaf, y, height - 0.55],
        ],
        material.glass,
        inside,
        6,
      );
    }
  }
  plate(builder, front + 0.06, -half * 0.92, half * 0.92, 1.15, height - 0.62, material.glass);
  plate(builder, front + 0.03, -half * 0.7, half * 0.7, height - 0.52, height - 0.2, material.sign);
  plate(builder, back - 0.02, -half * 0.75, half * 0.75, 1.5, height - 0.6, material.glass);
  plate(builder, back - 0.02, -half * 0.85, half * 0.85, 0.5, 1.2, material.trim, 8);
  for (const side of [1, -1]) {
    plate(builder, front + 0.06, side * half * 0.6, side * half * 0.95, 0.62, 0.88, material.headlamp);
    plate(builder, front + 0.06, side * half * 0.8, side * half * 0.96, 0.5, 0.6, material.indicator);
    plate(builder, back - 0.03, side * half * 0.78, side * half * 0.98, 0.8, 1.2, material.tailLamp);
    plate(builder, back - 0.03, side * half * 0.78, side * half * 0.98, 0.6, 0.78, material.indicator);
  }
  addWheels(builder, [length * 0.29, -length * 0.26], half, 0.48);
  return builder.faces;
}
