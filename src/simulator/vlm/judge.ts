import type { Language } from "../../config/language.ts";
import type { Box } from "../../messages/common.ts";
import type { RiskLevel, RiskTypeCode } from "../../messages/result.ts";
import type { RequestObject } from "./request.ts";

/**
 * The simulated provider's judgement, by geometry alone. Sizes are those of the two boxes, so that the rules
 * hold at any resolution and distance; gap = shortest distance between the boxes, 0 if they touch.
 *
 * | type                | between                                    | when                                   | confidence                            |
 * |---------------------|--------------------------------------------|----------------------------------------|---------------------------------------|
 * | pedestrian_conflict | person, bicycle or motorcycle; car, bus or truck | gap < 0.5 × the vehicle's longer side  | 0.50 + 0.40 × closeness (1 = touching) |
 * | tailgating          | two of car, bus, truck                     | one behind the other (shared width > 0.6 of the narrower), gap < 0.15 × mean height, not overlapping | 0.45 + 0.30 × closeness |
 *
 * Anything else is none. The most confident rule speaks; up to ±0.03 are added by seed and picture, so that
 * equal requests are judged equally and others differ a little.
 */
export interface Judgement {
  riskLevel: RiskLevel;
  confidence: number;
  type: RiskTypeCode | undefined;
  objectIds: number[];
}

interface Finding {
  type: RiskTypeCode;
  confidence: number;
}

const vehicles = new Set(["car", "bus", "truck"]);
const vulnerable = new Set(["person", "bicycle", "motorcycle"]);
const spread = 0.03;

/** `chance` in [0, 1): where in the spread this request lies. */
export function judge(objects: readonly RequestObject[], chance: number): Judgement {
  let worst: (Finding & { pair: [RequestObject, RequestObject] }) | undefined;
  for (const [index, first] of objects.entries()) {
    for (const second of objects.slice(index + 1)) {
      const finding = findingOf(first, second);
      if (finding && finding.confidence > (worst?.confidence ?? 0))
        worst = { ...finding, pair: [first, second] };
    }
  }
  const shifted = (worst?.confidence ?? 0.1) + spread * (2 * chance - 1);
  const confidence = Number(Math.min(0.99, Math.max(0.01, shifted)).toFixed(2));
  const riskLevel = levelOf(confidence);
  if (riskLevel === "none" || !worst) return { riskLevel, confidence, type: undefined, objectIds: [] };
  return { riskLevel, confidence, type: worst.type, objectIds: worst.pair.map((object) => object.objectId) };
}

function findingOf(first: RequestObject, second: RequestObject): Finding | undefined {
  if (vulnerable.has(first.class) && vehicles.has(second.class)) return pedestrianConflict(first, second);
  if (vehicles.has(first.class) && vulnerable.has(second.class)) return pedestrianConflict(second, first);
  if (!vehicles.has(first.class) || !vehicles.has(second.class)) return undefined;
  return tailgating(first.bbox, second.bbox);
}

function pedestrianConflict(person: RequestObject, vehicle: RequestObject): Finding | undefined {
  const reach = 0.5 * Math.max(widthOf(vehicle.bbox), heightOf(vehicle.bbox));
  const closeness = 1 - gapOf(person.bbox, vehicle.bbox) / reach;
  return closeness > 0 ? { type: "pedestrian_conflict", confidence: 0.5 + 0.4 * closeness } : undefined;
}

function tailgating(a: Box, b: Box): Finding | undefined {
  const sharedWidth = overlapOf(a[0], a[2], b[0], b[2]) / Math.min(widthOf(a), widthOf(b));
  const overlapping = overlapOf(a[1], a[3], b[1], b[3]) > 0;
  const reach = 0.15 * ((heightOf(a) + heightOf(b)) / 2);
  const closeness = 1 - gapOf(a, b) / reach;
  if (overlapping || sharedWidth <= 0.6 || closeness <= 0) return undefined;
  return { type: "tailgating", confidence: 0.45 + 0.3 * closeness };
}

/** The thresholds of tmon's defaults. */
function levelOf(confidence: number): RiskLevel {
  if (confidence >= 0.8) return "high";
  if (confidence >= 0.65) return "medium";
  return confidence >= 0.45 ? "low" : "none";
}

function widthOf(box: Box): number {
  return Math.max(1, box[2] - box[0]);
}

function heightOf(box: Box): number {
  return Math.max(1, box[3] - box[1]);
}

function overlapOf(aFrom: number, aTo: number, bFrom: number, bTo: number): number {
  return Math.max(0, Math.min(aTo, bTo) - Math.max(aFrom, bFrom));
}

function gapOf(a: Box, b: Box): number {
  const x = Math.max(0, Math.max(a[0], b[0]) - Math.min(a[2], b[2]));
  const y = Math.max(0, Math.max(a[1], b[1]) - Math.min(a[3], b[3]));
  return Math.hypot(x, y);
}

const sentences: Record<Language, Partial<Record<RiskTypeCode, string>> & { none: string }> = {
  zh: {
    none: "目标之间保持正常距离，未见危险。",
    pedestrian_conflict: "行人或骑行者距离机动车过近，存在碰撞风险。",
    tailgating: "前后两车间距过小，存在追尾风险。",
  },
  en: {
    none: "The road users keep ordinary distances; no danger is seen.",
    pedestrian_conflict: "A person or rider is too close to a vehicle and may be hit.",
    tailgating: "Two vehicles follow each other too closely; a rear-end collision is possible.",
  },
};

export function describe({ type }: Judgement, language: Language): string {
  return (type && sentences[language][type]) ?? sentences[language].none;
}
