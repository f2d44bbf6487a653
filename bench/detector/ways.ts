import { pino } from "pino";
import type { CameraConfig } from "../../src/config/config.ts";
import { type ModelFile, readModelFile } from "../../src/config/models/file.ts";
import { createMetrics } from "../../src/observability/metrics.ts";
import { createFrameWay, type FrameWayContext } from "../../src/runtime/detector/frame.ts";
import { openModel } from "../../src/runtime/detector/model.ts";
import { createPixelMemory } from "../../src/runtime/detector/pixel-memory.ts";
import { startPool } from "../../src/runtime/detector/pool.ts";
import type { RgbPicture } from "../../src/vision/picture.ts";

/** Frames under way at once: as many as cameras that deliver at the same time. */
const concurrency = 8;

/** The detector's ways from a picture to objects, and from a frame to a message. */
export async function startWays(model: string, workers: number) {
  const { session, layout } = await openModel(model);
  await session.release();
  const pool = await startPool({ model, workers, confidence: 0.35, iou: 0.5 });
  // The frames are decoded once and stay.
  const way = createFrameWay(contextFor(readModelFile(model)), pool.detect, {
    ...createPixelMemory(),
    give() {},
  });

  return {
    inputSide: layout.inputWidth,
    pool: (pictures: readonly RgbPicture[], durationMs: number) =>
      framesPerSecond(pictures, durationMs, async (picture) => {
        await pool.detect(picture);
      }),
    whole: (pictures: readonly RgbPicture[], durationMs: number) =>
      framesPerSecond(pictures, durationMs, async (picture) => {
        await way({ camera, picture, capturedAt: Date.now() });
      }),
    stop: () => pool.stop(),
  };
}

async function framesPerSecond(
  pictures: readonly RgbPicture[],
  durationMs: number,
  handle: (picture: RgbPicture) => Promise<void>,
): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  let done = 0;
  const lane = async () => {
    while (performance.now() - startedAt < durationMs) {
      await handle(pictures[next++ % pictures.length]!);
      done++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return (done * 1000) / (performance.now() - startedAt);
}

const camera = { id: "cam-1", source: "file" } as CameraConfig;

/** Everything a frame needs but a bus; the store takes frames and forgets them. */
function contextFor(model: ModelFile): FrameWayContext {
  return {
    topic: { name: "detection-results", maxMessageBytes: 1_000_000 },
    model,
    detector: {
      groups: { distanceFactor: 1.5, distancePx: undefined, minMembers: 2, maxMembers: 12 },
      crops: { marginPx: 12, maxSidePx: 768, maxBytes: 120_000 },
    },
    store: { now: Date.now, set: async () => {} },
    log: pino({ level: "silent" }),
    metrics: createMetrics(),
  };
}
