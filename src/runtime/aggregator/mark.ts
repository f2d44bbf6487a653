import { z } from "zod";
import { type Detection, detectionSchema } from "../../messages/detection.ts";
import { type AssessmentResult, resultSchema } from "../../messages/result.ts";
import type { FrameMark } from "../../store/store.ts";
import { type FrameState, withoutPictures } from "./payload.ts";

/** A frame as its mark remembers it. */
export interface KnownFrame extends FrameState {
  /** Their verdicts have been pushed. */
  readonly toldTaskIds: readonly string[];
}

const markSchema = z.object({ detection: detectionSchema, results: z.array(resultSchema) });

/** The text a frame's mark keeps for late results: its detection without pictures, and its results. */
export function encodeMark({ detection, results }: FrameState): string {
  return JSON.stringify({ detection: { ...withoutPictures(detection), groupImages: [] }, results });
}

/** Undefined if it cannot be read: another tmon's mark is as good as none. */
export function decodeMark({ detection: text, taskIds }: FrameMark): KnownFrame | undefined {
  const { data } = markSchema.safeParse(JSON.parse(text));
  return data && { ...data, toldTaskIds: taskIds };
}

/** All that is known of a frame whose detection never came: what its result says. */
export function bareDetection({ requestId, cameraId, timestamp, trace }: AssessmentResult): Detection {
  return detectionSchema.parse({ messageId: requestId, cameraId, timestamp, trace });
}
