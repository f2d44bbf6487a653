import sharp from "sharp";
import { type Box, schemaVersion } from "../../messages/common.ts";
import type { Detection } from "../../messages/detection.ts";
import { newMessageId } from "../../messages/ids.ts";

const image = { imageWidth: 1920, imageHeight: 1080 };
const car = { width: 120, height: 80 };
/** Between two cars side by side: at this distance nobody sees a danger, and no control room gets an incident. */
const gap = 60;

/** `capturedAt`: when the frame was due; `sentAt`: when it was handed to the bus. */
export type FrameOf = (cameraId: string, capturedAt: number, sentAt: number) => Detection;

/** Makes frames of one group each, somewhere in the picture, as a detector would have sent them. */
export async function createFrames(): Promise<FrameOf> {
  const imageBase64 = await drawPicture();
  return (cameraId, capturedAt, detectedAt) => {
    const bbox = somewhere();
    const [x1, y1, x2, y2] = bbox;
    const boxes: Box[] = [
      [x1, y1, x1 + car.width, y2],
      [x2 - car.width, y1, x2, y2],
    ];
    const members = boxes.map((box, objectId) => ({ objectId, class: "car", confidence: 0.9, bbox: box }));
    const group = { groupIndex: 1, objectCount: members.length, classes: ["car"] };
    return {
      ...{ schemaVersion, messageId: newMessageId(), cameraId, ...image, source: "sim" },
      timestamp: new Date(capturedAt).toISOString(),
      frameTimestamp: capturedAt / 1000,
      detectedObjects: members,
      trafficGroups: [{ ...group, bbox, averageConfidence: 0.9, memberIndices: [0, 1], members }],
      groupImages: [{ ...group, imageBase64 }],
      trace: { capturedAt, detectedAt },
    };
  };
}

function somewhere(): Box {
  const width = 2 * car.width + gap;
  const x = Math.floor(Math.random() * (image.imageWidth - width));
  const y = Math.floor(Math.random() * (image.imageHeight - car.height));
  return [x, y, x + width, y + car.height];
}

/** Noise of about 20 KB, as large as a crop of a road; its content nobody knows. */
async function drawPicture(): Promise<string> {
  const noise = { type: "gaussian" as const, mean: 128, sigma: 20 };
  const create = { width: 320, height: 240, channels: 3 as const, background: "grey", noise };
  return (await sharp({ create }).jpeg({ quality: 75 }).toBuffer()).toString("base64");
}
