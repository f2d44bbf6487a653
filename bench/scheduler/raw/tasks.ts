import sharp from "sharp";

export const pictureBytes = 30_000;
const cameras = 100;
const topic = "assessment-tasks";
let second = { ms: 0, text: "" };

/** Of every message: before the picture, filled up with blanks. */
const headBytes = 1_024;
const picture = Buffer.from(`,"groupImageBase64":"${await drawPicture()}"}`);

/** What differs from message to message, always as many characters, and stands at the same places. */
const sample = partsOf(0, 1_111_111_111_111);
const sampleHead = headOf(sample).slice(0, -1).padEnd(headBytes);
const places = Object.entries(sample).flatMap(([name, text]) =>
  [...sampleHead.matchAll(new RegExp(text, "g"))].map(({ index }) => ({ name: name as keyof Parts, index })),
);

/**
 * As the generator writes it, of one of 100 cameras; no two are about one group. `into`: the value of an earlier one
 * that nobody needs any more, so that it costs next to nothing to make.
 */
export function taskMessage(index: number, into?: Buffer) {
  const value = into ?? Buffer.concat([Buffer.from(sampleHead), picture]);
  const parts = partsOf(index, Date.now());
  for (const place of places) value.write(parts[place.name], place.index, "latin1");
  return { topic, key: parts.cameraId, value };
}

type Parts = ReturnType<typeof partsOf>;

function partsOf(index: number, now: number) {
  const ms = now - (now % 1_000);
  if (second.ms !== ms) second = { ms, text: new Date(ms).toISOString() };
  return {
    cameraId: `camera-${String(index % cameras).padStart(3, "0")}`,
    messageId: `0193785c-0000-7000-8000-${index.toString(16).padStart(12, "0")}`,
    /** Of the first of its three objects; no two messages share one. */
    trackId: String(1e8 + index),
    timestamp: second.text,
    now: String(now),
  };
}

function headOf({ cameraId, messageId, trackId, timestamp, now }: Parts): string {
  const bbox = [100.5, 120.1, 180.2, 190.7];
  const classes = ["car", "truck", "person"];
  const at = Number(now);
  return JSON.stringify({
    schemaVersion: 1,
    taskId: `${messageId}_group1`,
    requestId: messageId,
    cameraId,
    timestamp,
    groupIndex: 1,
    groupImageUrl: "",
    detectedObjects: classes.map((name, objectId) => ({
      objectId,
      class: name,
      confidence: 0.8123,
      bbox,
      trackId: Number(`${objectId + 1}${trackId}`),
    })),
    groupMetadata: { objectCount: 3, classes, bbox },
    imageWidth: 1_920,
    imageHeight: 1_080,
    source: "file",
    trace: { capturedAt: at, detectedAt: at, generatedAt: at },
  });
}

/** A JPEG of noise, filled up behind its end to 30 KB: nothing on the way to the provider looks into it. */
async function drawPicture(): Promise<string> {
  const noise = { type: "gaussian" as const, mean: 128, sigma: 30 };
  const create = { width: 300, height: 200, channels: 3 as const, background: "grey", noise };
  const jpeg = await sharp({ create }).jpeg({ quality: 80 }).toBuffer();
  return Buffer.concat([jpeg, Buffer.alloc(pictureBytes)], pictureBytes).toString("base64");
}
