import { detectionWireSchema } from "../messages/detection.ts";
import { seedCameraId } from "../messages/ids.ts";
import { jsonOf } from "../messages/json.ts";
import type { ShownFrame } from "./screen-messages.ts";

/** Its crops are most of a detection, and nothing here looks at them. */
const seenSchema = detectionWireSchema.omit({ groupImages: true });

/** Undefined for what cannot be read: the aggregator tells of that. */
export function readNewFrame(value: Buffer): ShownFrame | undefined {
  const { data } = seenSchema.safeParse(jsonOf(value));
  if (!data) return undefined;
  return {
    cameraId: seedCameraId(data.cameraId),
    messageId: data.messageId,
    timestamp: data.timestamp,
    capturedAt: data.trace.capturedAt ?? Date.parse(data.timestamp),
    imageWidth: data.imageWidth,
    imageHeight: data.imageHeight,
    detectedObjects: data.detectedObjects.map(({ class: name, confidence, bbox }) => ({
      class: name,
      confidence,
      bbox,
    })),
    trafficGroups: data.trafficGroups.map((group) => ({
      groupIndex: group.groupIndex,
      objectCount: group.objectCount ?? group.memberIndices.length,
      classes: group.classes,
      bbox: group.bbox,
    })),
  };
}
