import { decode, encode } from "../../../src/messages/codec.ts";
import { type Detection, detectionSchema } from "../../../src/messages/detection.ts";
import {
  type AssessmentResult,
  type ResultStatus,
  type RiskLevel,
  resultSchema,
} from "../../../src/messages/result.ts";
import { picture } from "../../messages/seed-samples.ts";

export type Box = [number, number, number, number];

/** A frame of camera 7 as it is sent: one group a box. */
export function detectionMessage(messageId: string, boxes: Box[], changes: object = {}): object {
  const object = (bbox: Box) => ({ class: "car", confidence: 0.9, bbox });
  return {
    messageId,
    cameraId: 7,
    timestamp: new Date().toISOString(),
    detectionLatency: 0.04,
    detectedObjects: boxes.flatMap((box) => [object(box), object(box)]),
    trafficGroups: boxes.map((bbox, index) => ({
      groupIndex: index + 1,
      classes: ["car"],
      bbox,
      averageConfidence: 0.9,
      memberIndices: [2 * index, 2 * index + 1],
    })),
    groupImages: boxes.map((_, index) => ({
      groupIndex: index + 1,
      imageBase64: picture,
      dataUri: `data:image/jpeg;base64,${picture}`,
    })),
    ...changes,
  };
}

/** The final word on one group of it. */
export function resultMessage(
  messageId: string,
  groupIndex: number,
  verdict: RiskLevel | Exclude<ResultStatus, "assessed">,
  changes: object = {},
): object {
  const unassessed = ["failed", "expired", "superseded"].includes(verdict);
  const level = {
    riskLevel: verdict,
    confidence: 0.7,
    riskTypes: ["跟车过近"],
    riskTypeCodes: ["tailgating"],
    description: `${verdict} in group ${groupIndex}`,
  };
  return {
    taskId: `${messageId}_group${groupIndex}`,
    requestId: messageId,
    cameraId: 7,
    timestamp: new Date().toISOString(),
    groupIndex,
    status: unassessed ? verdict : "assessed",
    results: unassessed ? [] : [level],
    error: unassessed ? "no verdict" : null,
    metadata: { llmLatency: 0.8, llmModel: "qwen3-vl-plus" },
    ...changes,
  };
}

export const readDetection = (message: object): Detection => decode(detectionSchema, encode(message));
export const readResult = (message: object): AssessmentResult => decode(resultSchema, encode(message));

export const left: Box = [0, 0, 100, 100];
export const right: Box = [400, 0, 500, 100];
