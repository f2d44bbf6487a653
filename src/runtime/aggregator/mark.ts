import { z } from "zod";
import { type Detection, detectionSchema } from "../../messages/detection.ts";
import { type AssessmentResult, resultSchema } from "../../messages/result.ts";
import type { FrameMark } from "../../store/store.ts";
import { type FrameState, unassessedGroups, withoutPictures } from "./payload.ts";

const markSchema = z.object({ detection: detectionSchema, results: z.array(resultSchema) });

/**
 * The text a frame's mark keeps for late results: its detection without pictures, and its results. Empty once
 * every group has its verdict: nothing late can change it, and a mark is kept for an hour.
 */
export function encodeMark({ detection, results }: FrameState): string {
  if (unassessedGroups(detection, results).length === 0) return "";
  return JSON.stringify({ detection: { ...withoutPictures(detection), groupImages: [] }, results });
}

/** Undefined if there is nothing to know, or it cannot be read: another tmon's mark is as good as none. */
export function decodeMark({ detection: text }: FrameMark): FrameState | undefined {
  if (text === "") return undefined;
  return markSchema.safeParse(JSON.parse(text)).data;
}

/** All that is known of a frame whose detection never came: what its result says. */
export function bareDetection({ requestId, cameraId, timestamp, trace }: AssessmentResult): Detection {
  return detectionSchema.parse({ messageId: requestId, cameraId, timestamp, trace });
}
