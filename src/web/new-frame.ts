import { detectionWireSchema } from "../messages/detection.ts";
import { seedCameraId } from "../messages/ids.ts";

/** Its crops are most of a detection, and nothing here looks at them. */
const seenSchema = detectionWireSchema.omit({ groupImages: true });

/** What a screen gets of a frame as soon as it is detected; the JPEG follows it on the wire. */
export interface NewFrame {
  cameraId: string | number;
  messageId: string;
  timestamp: string;
  /** Epoch ms in the store's clock. */
  capturedAt: number;
  /** Undefined where the detector does not say: boxes cannot be placed then. */
  imageWidth: number | undefined;
  imageHeight: number | undefined;
  detectedObjects: { class: string; confidence: number; bbox: number[] }[];
  trafficGroups: { groupIndex: number; objectCount: number; classes: string[]; bbox: number[] }[];
}

/** Undefined for what cannot be read: the aggregator tells of that. */
export function readNewFrame(value: Buffer): NewFrame | undefined {
  const { data } = seenSchema.safeParse(parse(value));
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

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString());
  } catch {
    return undefined;
  }
}
