import { encode } from "../../src/messages/codec.ts";
import type { Box } from "../../src/messages/common.ts";
import { newMessageId } from "../../src/messages/ids.ts";
import { drawPicture } from "../support/picture.ts";

const cameras = 200;
const imageWidth = 640;
const imageHeight = 360;
/** Width of a square picture of noise, whose JPEG has 10 to 30 KB. */
const pictureSides = [120, 140, 160, 180, 200];

export interface EncodedDetection {
  messageId: string;
  /** The camera's. */
  key: string;
  value: Buffer;
}

/** Detections of 200 cameras in turn, each of one group: two cars close to each other, somewhere. */
export async function createDetections(): Promise<() => EncodedDetection> {
  const pictures = await Promise.all(pictureSides.map((side) => drawPicture(side, true)));
  let number = 0;
  return () => {
    number += 1;
    const key = `camera-${number % cameras}`;
    return { key, ...detection(key, pictures[number % pictures.length]!) };
  };
}

function detection(cameraId: string, imageBase64: string): Omit<EncodedDetection, "key"> {
  const messageId = newMessageId();
  const now = Date.now();
  const x = Math.floor(Math.random() * (imageWidth - 120));
  const y = Math.floor(Math.random() * (imageHeight - 50));
  const boxes: Box[] = [
    [x, y, x + 60, y + 40],
    [x + 55, y + 5, x + 115, y + 45],
  ];
  const members = boxes.map((bbox, objectId) => ({ objectId, class: "car", confidence: 0.8, bbox }));
  const group = { groupIndex: 1, objectCount: 2, classes: ["car"] };
  const value = encode({
    ...{ schemaVersion: 1, messageId, cameraId, imageWidth, imageHeight, source: "sim" },
    timestamp: new Date(now).toISOString(),
    frameTimestamp: now / 1000,
    detectedObjects: members,
    trafficGroups: [{ ...group, bbox: [x, y, x + 115, y + 45], memberIndices: [0, 1], members }],
    groupImages: [{ ...group, imageBase64 }],
    trace: { capturedAt: now, detectedAt: now },
  });
  return { messageId, value };
}
