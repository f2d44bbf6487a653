import { type Mesh, meshBuilder } from "../drawing/mesh.ts";
import type { Vector } from "../geometry/vector.ts";
import { material } from "./materials.ts";

export interface BuildingLook {
  /** Metres from one floor and one window to the next. */
  readonly floor: number;
  readonly pitch: number;
  /** Whether the next window is. */
  lit(): boolean;
  /** Of the building's own metres; walls that are not seen from there have no windows. */
  readonly seenFrom: readonly [number, number];
}

/** A block of flats or offices; some of its windows are lit at night (`lit` tells which). */
export function buildingMesh(
  [length, width, height]: Vector,
  { floor, pitch, lit, seenFrom }: BuildingLook,
): Mesh {
  const builder = meshBuilder();
  builder.box([-length / 2, -width / 2, 0], [length / 2, width / 2, height], material.paint);
  builder.box(
    [-length / 2 - 0.2, -width / 2 - 0.2, height],
    [length / 2 + 0.2, width / 2 + 0.2, height + 0.6],
    material.trim,
  );
  const inside: Vector = [0, 0, height / 2];
  const facade = (span: number, at: (along: number, away: number, z: number) => Vector) => {
    const panes = Math.floor((span - 1) / pitch);
    const margin = (span - panes * pitch) / 2;
    for (let z = 0; z + floor < height; z += floor) {
      const shop = z === 0;
      for (let i = 0; i < panes; i++) {
        const from = -span / 2 + margin + i * pitch + pitch * 0.14;
        const to = from + pitch * (shop ? 0.8 : 0.62);
        const [low, high] = [z + (shop ? 0.5 : 0.9), z + floor * (shop ? 0.82 : 0.84)];
        const what = lit() ? material.headlamp : material.glass;
        builder.face(
          [at(from, 0.06, low), at(to, 0.06, low), at(to, 0.06, high), at(from, 0.06, high)],
          what,
          inside,
        );
      }
    }
  };
  for (const side of [1, -1]) {
    if (side * seenFrom[1] > width / 2)
      facade(length, (along, away, z) => [along, side * (width / 2 + away), z]);
    if (side * seenFrom[0] > length / 2)
      facade(width, (along, away, z) => [side * (length / 2 + away), along, z]);
  }
  return builder.faces;
}
