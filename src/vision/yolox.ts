import type { Box, ObjectClass } from "../messages/common.ts";
import { type ClassTable, classTableFor } from "./classes.ts";

const strides = [8, 16, 32];

/** Centre x, centre y, width, height, objectness; the classes follow. */
const classOffset = 5;

/** An object of a picture, before it has an id. */
export interface Candidate {
  class: ObjectClass;
  /** Objectness × class probability. */
  confidence: number;
  /** Pixels of the picture. */
  bbox: Box;
}

/** What a YOLOX model's shapes say about it. */
export interface YoloxLayout {
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Rows of the output: one for each cell of each stride. */
  readonly cells: number;
  /** Values of a row. */
  readonly columns: number;
  readonly classes: ClassTable;
}

type Shape = readonly (number | string)[];

/** Reads input [1, 3, H, W] and output [1, N, 5 + C], N = all cells of the three strides; else undefined. */
export function yoloxLayout(input: Shape, output: Shape): YoloxLayout | undefined {
  const [, channels, inputHeight, inputWidth] = input;
  const [, rows, columns] = output;
  if (input.length !== 4 || output.length !== 3 || channels !== 3) return undefined;
  if (typeof inputWidth !== "number" || typeof inputHeight !== "number") return undefined;
  const cells = cellCount(inputWidth, inputHeight);
  if (typeof columns !== "number" || rows !== cells) return undefined;
  const classes = classTableFor(columns - classOffset);
  return classes && { inputWidth, inputHeight, cells, columns, classes };
}

function cellCount(width: number, height: number): number {
  return strides.reduce((sum, stride) => sum + (width / stride) * (height / stride), 0);
}

/**
 * Reads the head's output: a cell at (x, y) of a stride says its box as offset from the cell and as the
 * logarithm of its size, both in strides. Source: YOLOX (Ge et al., 2021), demo_postprocess.
 *
 * Objectness is looked at first: it bounds the confidence, and nearly every cell ends there.
 */
export function decodeYolox(
  output: Float32Array,
  layout: YoloxLayout,
  /** Input pixels per picture pixel, as the letterbox answered. */
  scale: number,
  minConfidence: number,
): Candidate[] {
  const { inputWidth, inputHeight, columns, classes } = layout;
  const found: Candidate[] = [];
  let at = 0;
  for (const stride of strides) {
    for (let y = 0; y < inputHeight / stride; y++) {
      for (let x = 0; x < inputWidth / stride; x++, at += columns) {
        const objectness = output[at + 4]!;
        if (objectness < minConfidence) continue;
        const best = largest(output, at + classOffset, classes.length);
        const confidence = objectness * output[at + classOffset + best]!;
        const name = classes[best];
        if (confidence < minConfidence || name === undefined) continue;
        const centreX = ((output[at]! + x) * stride) / scale;
        const centreY = ((output[at + 1]! + y) * stride) / scale;
        const halfWidth = (Math.exp(output[at + 2]!) * stride) / scale / 2;
        const halfHeight = (Math.exp(output[at + 3]!) * stride) / scale / 2;
        const bbox: Box = [
          centreX - halfWidth,
          centreY - halfHeight,
          centreX + halfWidth,
          centreY + halfHeight,
        ];
        found.push({ class: name, confidence, bbox });
      }
    }
  }
  return found;
}

function largest(values: Float32Array, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[from + i]! > values[from + best]!) best = i;
  return best;
}
