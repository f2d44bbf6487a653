import { randomBytes } from "node:crypto";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { decode } from "../../../src/messages/codec.ts";
import { detectionSchema } from "../../../src/messages/detection.ts";
import { decodeStoredFrame, encodeStoredFrame } from "../../../src/messages/frame.ts";
import { encodeWithin } from "../../../src/runtime/detector/jpeg.ts";
import {
  composeDetection,
  describeGroups,
  type FrameFacts,
  identify,
} from "../../../src/runtime/detector/message.ts";
import type { RgbPicture } from "../../../src/vision/picture.ts";

const facts: FrameFacts = {
  messageId: "0190c8f0-0000-7000-8000-000000000000",
  cameraId: "0",
  source: "file",
  model: { type: "yolox_nano", forSimulation: false },
  width: 640,
  height: 360,
  capturedAt: 1_795_420_800_123,
  detectedAt: 1_795_420_800_164,
};

/** Noise: what JPEG compresses worst. */
function noise(width: number, height: number): RgbPicture {
  return { pixels: new Uint8Array(randomBytes(width * height * 3)), width, height };
}

const limits = { maxSidePx: 768, maxBytes: 120 * 1024 };

function encodeWhole(picture: RgbPicture) {
  const { width, height } = picture;
  return encodeWithin(picture, { left: 0, top: 0, width, height }, limits);
}

/** Groups of two, with noise for pictures; those of `mixed` are a person with a car. */
async function message(count: number, maxBytes: number, { side = 300, mixed = [] as number[] } = {}) {
  const objects = identify(
    Array.from({ length: count * 2 }, (_, i) => ({
      class: i % 2 === 0 && mixed.includes(i / 2) ? ("person" as const) : ("car" as const),
      confidence: 0.5123456,
      bbox: [i * 10.04, 0, i * 10 + 9, 9],
    })),
  );
  const groups = describeGroups(
    objects,
    Array.from({ length: count }, (_, i) => [2 * i, 2 * i + 1]),
  );
  const pictured = await Promise.all(
    groups.map(async (group) => ({ group, jpeg: await encodeWhole(noise(side, side)) })),
  );
  const value = await composeDetection(facts, objects, pictured, maxBytes);
  return { value, detection: decode(detectionSchema, value) };
}

describe("a detection message", () => {
  test("a frame without objects is a message too", async () => {
    const { detection } = await message(0, 900_000);
    expect(detection).toMatchObject({
      messageId: facts.messageId,
      cameraId: "0",
      timestamp: "2026-11-23T08:00:00.123Z",
      frameTimestamp: 1_795_420_800.123,
      detectedObjects: [],
      trafficGroups: [],
      groupImages: [],
      detectionLatency: 0.041,
      trace: { capturedAt: facts.capturedAt, detectedAt: facts.detectedAt },
    });
  });

  test("of a model for rendered cameras says so, of another one nothing", async () => {
    const compose = async (forSimulation: boolean) => {
      const made = { ...facts, model: { type: "any", forSimulation } };
      return decode(detectionSchema, await composeDetection(made, [], [], 900_000));
    };
    expect(await compose(true)).toMatchObject({ modelType: "any", simulationModel: true });
    expect(await compose(false)).not.toHaveProperty("simulationModel");
  });

  test("a group says its members, classes, box around all and mean confidence", async () => {
    const { detection } = await message(1, 900_000, { mixed: [0] });
    expect(detection.trafficGroups).toEqual([
      {
        groupIndex: 1,
        objectCount: 2,
        classes: ["person", "car"],
        bbox: [0, 0, 19, 9],
        averageConfidence: 0.5123,
        memberIndices: [0, 1],
        members: detection.detectedObjects,
      },
    ]);
    expect(detection.groupImages[0]).toMatchObject({
      groupIndex: 1,
      objectCount: 2,
      classes: ["person", "car"],
    });
  });

  test("sixty objects with large pictures: the pictures are made smaller, all stay", async () => {
    const { value, detection } = await message(30, 900_000);
    expect(value.length).toBeLessThanOrEqual(900_000);
    expect(detection.groupImages).toHaveLength(30);
    expect(detection.trafficGroups.some(({ imageOmitted }) => imageOmitted)).toBe(false);
  });

  test("the largest pictures are made smaller, a small one stays as it is", async () => {
    const small = await encodeWhole(noise(40, 40));
    const large = await encodeWhole(noise(300, 300));
    const objects = identify(
      [0, 1, 2, 3]
        .map((i) => ({ class: "car", confidence: 0.5, bbox: [i, 0, i + 1, 1] }) as const)
        .map((o) => ({
          ...o,
          bbox: [...o.bbox],
        })),
    );
    const [first, second] = describeGroups(objects, [
      [0, 1],
      [2, 3],
    ]);
    const pictured = [
      { group: first!, jpeg: small },
      { group: second!, jpeg: large },
    ];
    const detection = decode(detectionSchema, await composeDetection(facts, objects, pictured, 40_000));
    expect(detection.groupImages[0]?.imageBase64).toBe(small.bytes.toString("base64"));
    expect(detection.groupImages[1]?.imageBase64.length).toBeLessThan(large.bytes.length);
  });

  test("when that is not enough, the least dangerous pictures are left out, and the groups say so", async () => {
    const { value, detection } = await message(6, 30_000, { mixed: [4] });
    expect(value.length).toBeLessThanOrEqual(30_000);
    const omitted = detection.trafficGroups.filter(({ imageOmitted }) => imageOmitted);
    expect(omitted.length).toBeGreaterThan(0);
    expect(detection.groupImages.map(({ groupIndex }) => groupIndex)).toContain(5);
    expect(detection.groupImages.length + omitted.length).toBe(6);
    for (const { imageBase64 } of detection.groupImages) {
      expect((await sharp(Buffer.from(imageBase64, "base64")).metadata()).format).toBe("jpeg");
    }
  });

  test("a limit that no picture fits in leaves a message without pictures", async () => {
    const { detection } = await message(3, 4000);
    expect(detection.groupImages).toEqual([]);
    expect(detection.trafficGroups.every(({ imageOmitted }) => imageOmitted)).toBe(true);
  });
});

describe("pictures", () => {
  test("a long side is at most 768 px, the size at most 120 KB, even of noise", async () => {
    const { bytes, width, height } = await encodeWhole(noise(1500, 1000));
    expect(bytes.length).toBeLessThanOrEqual(limits.maxBytes);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "jpeg", width, height });
    expect(Math.max(width, height)).toBeLessThanOrEqual(768);
    expect(width / height).toBeCloseTo(1.5, 1);
  });

  test("a small picture keeps its size", async () => {
    expect(await encodeWhole(noise(40, 30))).toMatchObject({ width: 40, height: 30 });
  });

  test("a part of a picture has that part's size and pixels", async () => {
    const picture: RgbPicture = { pixels: new Uint8Array(64 * 36 * 3), width: 64, height: 36 };
    for (let y = 10; y < 30; y++) picture.pixels.fill(255, (y * 64 + 20) * 3, (y * 64 + 60) * 3);
    const { bytes, ...size } = await encodeWithin(
      picture,
      { left: 20, top: 10, width: 40, height: 20 },
      limits,
    );
    expect(size).toEqual({ width: 40, height: 20 });
    expect((await sharp(bytes).stats()).channels.map(({ min }) => min)).toEqual([255, 255, 255]);
  });

  test("a stored frame is read as it was written, and anything else is not one", () => {
    const frame = { messageId: "m-1", jpeg: randomBytes(100) };
    expect(decodeStoredFrame(encodeStoredFrame(frame))).toEqual(frame);
    expect(decodeStoredFrame(Buffer.from("garbage"))).toBeUndefined();
    expect(decodeStoredFrame(Buffer.alloc(0))).toBeUndefined();
  });
});
