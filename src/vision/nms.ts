import type { Box } from "../messages/common.ts";
import { iou } from "./box.ts";

/**
 * Non-maximum suppression across classes: of boxes that overlap by more than `maxIou` the most confident
 * stays, whatever its class. One object, one box: else a vehicle seen as car and truck would be a pair.
 *
 * @returns the kept ones, most confident first.
 */
export function suppressOverlaps<Item extends { confidence: number; bbox: Box }>(
  candidates: readonly Item[],
  maxIou: number,
): Item[] {
  const kept: Item[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every((other) => iou(other.bbox, candidate.bbox) <= maxIou)) kept.push(candidate);
  }
  return kept;
}

/** The box cut off at the edges of a picture of this size. */
export function clampBox([x1, y1, x2, y2]: Box, width: number, height: number): Box {
  const within = (value: number, max: number) => Math.min(Math.max(value, 0), max);
  return [within(x1, width), within(y1, height), within(x2, width), within(y2, height)];
}
