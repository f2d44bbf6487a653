import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import sharp from "sharp";
import { afterEach, describe, expect, test } from "vitest";
import type { Config } from "../../../src/config/config.ts";
import { decodeStoredFrame, frameKey } from "../../../src/messages/frame.ts";
import { type Detector, startDetector } from "../../../src/runtime/detector/detector.ts";
import type { RoleContext } from "../../../src/runtime/role.ts";
import { openContext } from "../../support/context.ts";
import { lacks } from "../../support/machine.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { detectionsOn, detectorConfig, ffmpegsOf, fileCamera, road, roadClip } from "./support.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(config: Config, log?: Logger): Promise<{ detector: Detector; context: RoleContext }> {
  const { context, close } = await openContext(config, log);
  closing.push(close);
  const detector = await startDetector(context);
  closing.push(() => detector.stop());
  return { detector, context };
}

const stateOf = (detector: Detector, id = "cam-1") => detector.cameras().find((camera) => camera.id === id);

describe.skipIf(lacks("ffmpeg", "video", "model"))("the detector on real video", () => {
  test("finds vehicles in most frames, and says all of it in messages a consumer can read", async () => {
    const file = await roadClip(temporaryDirectory(), "road.mp4", 4);
    const { detector, context } = await start(detectorConfig([fileCamera("cam-1", `file:${file}`)]));
    await detector.firstFrames;
    await until(() => stateOf(detector)?.state === "ended");
    await detector.drain();

    const detections = await detectionsOn(context);
    expect(detections.length).toBe(detector.frames().processed);
    expect(stateOf(detector)?.frames).toBeGreaterThanOrEqual(9);
    const vehicles = new Set(["car", "truck", "bus"]);
    const withVehicles = detections.filter(({ detectedObjects }) =>
      detectedObjects.some((object) => vehicles.has(object.class)),
    );
    expect(withVehicles.length).toBeGreaterThan(detections.length / 2);

    for (const detection of detections) {
      expect(detection).toMatchObject({
        schemaVersion: 1,
        cameraId: "cam-1",
        imageWidth: 640,
        imageHeight: 360,
        modelType: "yolox_nano",
        source: "file",
        frameTimestamp: Date.parse(detection.timestamp) / 1000,
      });
      const { capturedAt = Number.NaN, detectedAt = Number.NaN } = detection.trace;
      expect(new Date(capturedAt).toISOString()).toBe(detection.timestamp);
      expect(detection.detectionLatency).toBeCloseTo((detectedAt - capturedAt) / 1000, 3);
      expect(detection.detectedObjects.map(({ objectId }) => objectId)).toEqual([
        ...detection.detectedObjects.keys(),
      ]);
    }
    const captured = detections.map(({ trace }) => trace.capturedAt as number);
    expect(captured).toEqual(captured.toSorted((a, b) => a - b));
  });

  test("each group has its members and a picture of the size of its box with the margin", async () => {
    const { detector, context } = await start(
      detectorConfig([fileCamera("cam-1", `file:${road}?loop=1`, 200)], {
        groups: { distanceFactor: 6, distancePx: undefined, minMembers: 2, maxMembers: 12 },
      }),
    );
    const withGroups = await until(async () =>
      (await detectionsOn(context)).find(({ trafficGroups }) => trafficGroups.length > 0),
    );
    await detector.drain();
    const { trafficGroups, groupImages, detectedObjects } = withGroups;
    expect(groupImages.map(({ groupIndex }) => groupIndex)).toEqual(
      trafficGroups.map(({ groupIndex }) => groupIndex),
    );
    expect(trafficGroups[0]?.groupIndex).toBe(1);
    for (const [index, group] of trafficGroups.entries()) {
      expect(group.members).toEqual(group.memberIndices.map((member) => detectedObjects[member]));
      expect(group.objectCount).toBe(group.members.length);
      const [x1, y1, x2, y2] = group.bbox;
      const jpeg = await sharp(Buffer.from(groupImages[index]!.imageBase64, "base64")).metadata();
      expect(jpeg.format).toBe("jpeg");
      expect(jpeg.width).toBe(Math.min(640, Math.ceil(x2 + 12)) - Math.max(0, Math.floor(x1 - 12)));
      expect(jpeg.height).toBe(Math.min(360, Math.ceil(y2 + 12)) - Math.max(0, Math.floor(y1 - 12)));
    }
  });

  test("the first frame comes at once, and is in the store before its detection is on the bus", async () => {
    const { detector, context } = await start(detectorConfig([fileCamera("cam-1", `file:${road}`, 60_000)]));
    const detection = await until(async () => (await detectionsOn(context))[0]);
    const stored = decodeStoredFrame((await context.store.get(frameKey("cam-1")))!);
    expect(stored?.messageId).toBe(detection.messageId);
    expect(await sharp(stored!.jpeg).metadata()).toMatchObject({ format: "jpeg", width: 640, height: 360 });
    await detector.drain();
  });

  test("many cameras: each delivers, each one's messages in the order of their capture", async () => {
    const file = await roadClip(temporaryDirectory(), "many.mp4", 10);
    const cameras = Array.from({ length: 6 }, (_, i) => fileCamera(`cam-${i}`, `file:${file}?loop=1`, 300));
    const { detector, context } = await start(detectorConfig(cameras, { workers: 2 }));
    await detector.firstFrames;
    expect(detector.liveCameras()).toBe(6);
    await until(() => detector.frames().processed >= 30);
    await detector.drain();
    expect(detector.liveCameras()).toBe(6);
    expect(await detector.busy()).toBe(false);
    const detections = await detectionsOn(context);
    for (const { id } of cameras) {
      const captured = detections
        .filter(({ cameraId }) => cameraId === id)
        .map(({ trace }) => trace.capturedAt as number);
      expect(captured.length).toBeGreaterThan(0);
      expect(captured).toEqual(captured.toSorted((a, b) => a - b));
    }
    expect(await ffmpegsOf(file)).toEqual([]);
  });

  test("a slow bus costs frames, counted by reason, and never their order; no frame is published twice", async () => {
    const { context, close } = await openContext(
      detectorConfig([fileCamera("cam-1", `file:${road}?loop=1`, 80)]),
    );
    closing.push(close);
    let waiting: (() => void) | undefined;
    const { bus } = context;
    const slow: typeof bus.produce = async (messages) => {
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
      return bus.produce(messages);
    };
    const detector = await startDetector({ ...context, bus: { ...bus, produce: slow } });
    closing.push(() => detector.stop());
    const dropped = () => (detector.stats().frames as { dropped: Record<string, number> }).dropped;
    await until(() => (dropped().bus ?? 0) >= 3);
    expect(detector.frames().processed).toBe(0);
    const draining = detector.drain();
    const settled = draining.then(() => true);
    while (!(await Promise.race([settled, new Promise<false>((resolve) => setTimeout(resolve, 20, false))])))
      waiting?.();
    expect((await detectionsOn(context)).length).toBe(detector.frames().processed);
    expect(detector.frames().processed).toBeGreaterThan(0);
    expect(detector.frames().dropped).toBe(Object.values(dropped()).reduce((a, b) => a + b, 0));
  });

  test("a bus that refuses costs the frames meanwhile, and the role goes on", async () => {
    const { context, close } = await openContext(
      detectorConfig([fileCamera("cam-1", `file:${road}?loop=1`, 100)]),
    );
    closing.push(close);
    let refused = 0;
    const { bus } = context;
    const produce: typeof bus.produce = async (messages) => {
      if (refused++ < 3) throw new Error("no space left on device");
      return bus.produce(messages);
    };
    const detector = await startDetector({ ...context, bus: { ...bus, produce } });
    closing.push(() => detector.stop());
    await until(() => detector.frames().processed >= 2);
    // More where the bus is slow, too.
    const threeOrMore = expect.toSatisfy((frames: number) => frames >= 3);
    expect(detector.stats()).toMatchObject({ frames: { dropped: { bus: threeOrMore } } });
    await detector.drain();
  });
});

describe.skipIf(lacks("ffmpeg", "video", "model"))("the end of a file", () => {
  test("a file plays once and its camera is ended; with ?loop=1 it begins again", async () => {
    const file = await roadClip(temporaryDirectory(), "short.mp4", 1);
    const { detector } = await start(
      detectorConfig([
        fileCamera("once", `file:${file}`, 250),
        fileCamera("loop", `file:${file}?loop=1`, 250),
      ]),
    );
    await until(() => stateOf(detector, "once")?.state === "ended");
    expect(stateOf(detector, "once")).not.toHaveProperty("reason");
    const frames = stateOf(detector, "once")?.frames ?? 0;
    expect(frames).toBeGreaterThanOrEqual(4);
    await until(() => (stateOf(detector, "loop")?.frames ?? 0) > frames * 2);
    expect(stateOf(detector, "loop")?.state).toBe("live");
    expect(await detector.busy()).toBe(true);
  });

  test("a truncated file plays what there is, then the camera is ended with the reason", async () => {
    const directory = temporaryDirectory();
    const whole = await readFile(await roadClip(directory, "whole.mkv", 4));
    const truncated = join(directory, "truncated.mkv");
    await writeFile(truncated, whole.subarray(0, Math.floor(whole.length / 2)));
    const { detector } = await start(detectorConfig([fileCamera("cam-1", `file:${truncated}`, 200)]));
    await until(() => stateOf(detector)?.state === "ended");
    expect(stateOf(detector)?.reason).toMatch(/^cut short: /);
    expect(stateOf(detector)?.frames).toBeGreaterThan(0);
    await detector.drain();
    expect(detector.frames().processed).toBeGreaterThan(0);
  });

  test("a source that breaks off comes back, the others go on meanwhile", async () => {
    const file = await roadClip(temporaryDirectory(), "broken.mp4", 10);
    const lines: { msg: string; reason?: string }[] = [];
    const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
    const cameras = [
      fileCamera("cam-1", `file:${file}?loop=1`, 100),
      fileCamera("cam-2", `file:${road}?loop=1`, 100),
    ];
    const { detector } = await start(detectorConfig(cameras), log);
    await detector.firstFrames;
    const pid = await until(async () => (await ffmpegsOf(file))[0]);
    const before = stateOf(detector, "cam-2")?.frames ?? 0;
    process.kill(pid, "SIGKILL");
    // The wait may be over within a moment: the log keeps what it was for.
    const broken = await until(() => lines.find(({ msg }) => msg === "camera cam-1 is backing_off"));
    expect(broken.reason).toContain("SIGKILL");
    await until(() => (stateOf(detector, "cam-2")?.frames ?? 0) > before + 2);
    await until(() => stateOf(detector)?.restarts === 1 && stateOf(detector)?.state === "live");
  });
});

describe.skipIf(lacks("ffmpeg", "video", "model"))("leases", () => {
  test("two detectors share the cameras; when one stops the other takes all", async () => {
    const cameras = Array.from({ length: 4 }, (_, i) => fileCamera(`cam-${i}`, `file:${road}?loop=1`, 200));
    const { context, close } = await openContext(detectorConfig(cameras));
    closing.push(close);
    const startAs = async (instance: string) => {
      const detector = await startDetector({ ...context, instance });
      closing.push(() => detector.stop());
      return detector;
    };
    const first = await startAs("first");
    await until(() => first.liveCameras() === 4);
    const second = await startAs("second");
    await until(() => first.liveCameras() === 2 && second.liveCameras() === 2);
    const live = (detector: Detector) =>
      detector.cameras().flatMap(({ id, state }) => (state === "live" ? [id] : []));
    expect([...live(first), ...live(second)].sort()).toEqual(["cam-0", "cam-1", "cam-2", "cam-3"]);

    await first.stop();
    await until(() => second.liveCameras() === 4);
  });
});
