import { type Mesh, meshBuilder } from "../drawing/mesh.ts";
import { cosine, sine, type Vector } from "../geometry/vector.ts";
import { addFigure, walking } from "./figure.ts";
import { material } from "./materials.ts";

/** Pictures of a stride. */
export const strideSteps = 8;
/** Metres a stride of two steps. */
export const strideLength = 1.4;

export interface PersonLook {
  readonly bag: boolean;
  readonly umbrella: boolean;
}

/** One mesh for each part of a stride, and the last for who stands. */
export function personMeshes({ bag, umbrella }: PersonLook): readonly Mesh[] {
  const meshOf = (phase: number, stride: number) => {
    const builder = meshBuilder();
    const figure = walking(phase, stride);
    const held: Vector = [0.2, -0.2, 1.2];
    addFigure(
      builder,
      umbrella
        ? { ...figure, elbows: [figure.elbows[0], [0.05, -0.3, 1.1]], hands: [figure.hands[0], held] }
        : figure,
    );
    if (bag) builder.box([-0.32, -0.17, 0.95], [-0.12, 0.17, 1.4], material.second);
    if (umbrella) addUmbrella(builder, held);
    return builder.faces;
  };
  const moving = Array.from({ length: strideSteps }, (_, i) => meshOf(i / strideSteps, 1));
  return [...moving, meshOf(0.25, 0.12)];
}

function addUmbrella(builder: ReturnType<typeof meshBuilder>, held: Vector): void {
  const tip: Vector = [held[0] - 0.1, held[1] + 0.1, 2.15];
  builder.bar(held, tip, 0.03, material.trim, 12);
  const edge = (i: number): Vector => [
    tip[0] + 0.55 * cosine((i * Math.PI) / 4),
    tip[1] + 0.55 * sine((i * Math.PI) / 4),
    1.9,
  ];
  for (let i = 0; i < 8; i++) {
    const inside: Vector = [tip[0], tip[1], 1.9];
    builder.face([edge(i), edge(i + 1), tip], i % 2 === 0 ? material.second : material.paint, inside);
  }
}
