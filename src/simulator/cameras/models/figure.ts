import type { MeshBuilder } from "../drawing/mesh.ts";
import { cosine, sine, type Vector } from "../geometry/vector.ts";
import { material } from "./materials.ts";

/** Where a person's joints are; left and right by the sign of y. */
export interface Figure {
  readonly hip: Vector;
  readonly neck: Vector;
  readonly knees: readonly [Vector, Vector];
  readonly feet: readonly [Vector, Vector];
  readonly elbows: readonly [Vector, Vector];
  readonly hands: readonly [Vector, Vector];
  readonly helmet: boolean;
}

export function addFigure(builder: MeshBuilder, figure: Figure): void {
  const { hip, neck, knees, feet, elbows, hands, helmet } = figure;
  builder.block(hip, [0.24, 0.34], [neck[0], neck[1], neck[2] - 0.06], [0.24, 0.46], material.top);
  [1, -1].forEach((side, i) => {
    const [knee, foot, elbow, hand] = [knees[i]!, feet[i]!, elbows[i]!, hands[i]!];
    const thigh: Vector = [hip[0], side * 0.1, hip[2] + 0.02];
    const shoulder: Vector = [neck[0], side * 0.25, neck[2] - 0.12];
    builder.bar(thigh, knee, 0.17, material.trousers);
    builder.bar(knee, foot, 0.13, material.trousers);
    builder.box(
      [foot[0] - 0.09, foot[1] - 0.06, foot[2] - 0.04],
      [foot[0] + 0.17, foot[1] + 0.06, foot[2] + 0.06],
      material.shoes,
      14,
    );
    builder.bar(shoulder, elbow, 0.12, material.top);
    builder.bar(elbow, hand, 0.09, material.skin);
  });
  const [x, , z] = neck;
  builder.block([x, 0, z - 0.06], [0.12, 0.12], [x + 0.01, 0, z + 0.05], [0.12, 0.12], material.skin, 20);
  builder.block([x + 0.02, 0, z + 0.02], [0.16, 0.14], [x + 0.02, 0, z + 0.14], [0.21, 0.17], material.skin);
  const cap = helmet ? material.second : material.hair;
  const wide = helmet ? 0.27 : 0.21;
  builder.block([x, 0, z + 0.12], [wide, wide * 0.9], [x, 0, z + 0.2], [wide, wide * 0.9], cap);
  builder.block([x, 0, z + 0.2], [wide, wide * 0.9], [x, 0, z + 0.27], [wide * 0.6, wide * 0.55], cap);
}

/** A walker at `phase` of a stride, 0 to 1; 1.72 m tall. */
export function walking(phase: number, stride: number): Figure {
  const swing = sine(2 * Math.PI * phase) * stride;
  const lift = (side: number) => Math.max(0, side * cosine(2 * Math.PI * phase)) * 0.1 * (stride > 0 ? 1 : 0);
  const leg = (side: number) => {
    const ahead = side * swing * 0.36;
    const knee: Vector = [ahead * 0.5 + (lift(side) > 0 ? 0.08 : 0.02), side * 0.11, 0.47 + lift(side) * 0.5];
    const foot: Vector = [ahead, side * 0.11, 0.05 + lift(side)];
    return { knee, foot };
  };
  const arm = (side: number) => {
    const ahead = -side * swing * 0.26;
    const elbow: Vector = [ahead * 0.6 - 0.02, side * 0.29, 1.12];
    const hand: Vector = [ahead + 0.06, side * 0.27, 0.86];
    return { elbow, hand };
  };
  const [left, right] = [leg(1), leg(-1)];
  const [leftArm, rightArm] = [arm(1), arm(-1)];
  return {
    hip: [0, 0, 0.88],
    neck: [0.03, 0, 1.47],
    knees: [left.knee, right.knee],
    feet: [left.foot, right.foot],
    elbows: [leftArm.elbow, rightArm.elbow],
    hands: [leftArm.hand, rightArm.hand],
    helmet: false,
  };
}
