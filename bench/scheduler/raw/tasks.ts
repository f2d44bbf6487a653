import sharp from "sharp";

export const pictureBytes = 30_000;
const cameras = 100;

const picture = Buffer.from(`,"groupImageBase64":"${await drawPicture()}"}`);

/** Of every message: before the picture, filled up with blanks. */
const headBytes = 1_024;

/**
 * As the generator writes it, of one of 100 cameras; no two are about one group. `into`: the value of an earlier one
 * that nobody needs any more.
 */
export function taskMessage(index: number, into?: Buffer) {
  const messageId = `0193785c-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;
  const cameraId = `camera-${index % cameras}`;
  const now = Date.now();
  const bbox = [100.5, 120.1, 180.2, 190.7];
  const classes = ["car", "truck", "person"];
  const task = JSON.stringify({
    schemaVersion: 1,
    taskId: `${messageId}_group1`,
    requestId: messageId,
    cameraId,
    timestamp: new Date(now).toISOString(),
    groupIndex: 1,
    groupImageUrl: "",
    detectedObjects: classes.map((name, objectId) => ({
      objectId,
      class: name,
      confidence: 0.8123,
      bbox,
      trackId: 3 * index + objectId,
    })),
    groupMetadata: { objectCount: 3, classes, bbox },
    imageWidth: 1_920,
    imageHeight: 1_080,
    source: "file",
    trace: { capturedAt: now, detectedAt: now, generatedAt: now },
  });
  const value = into ?? Buffer.concat([Buffer.alloc(headBytes), picture]);
  value.write(task.slice(0, -1).padEnd(headBytes), "latin1");
  return { topic: "assessment-tasks", key: cameraId, value };
}

/** A JPEG of noise, filled up behind its end to 30 KB: nothing on the way to the provider looks into it. */
async function drawPicture(): Promise<string> {
  const noise = { type: "gaussian" as const, mean: 128, sigma: 30 };
  const create = { width: 300, height: 200, channels: 3 as const, background: "grey", noise };
  const jpeg = await sharp({ create }).jpeg({ quality: 80 }).toBuffer();
  return Buffer.concat([jpeg, Buffer.alloc(pictureBytes)], pictureBytes).toString("base64");
}
