import { expect, test } from "vitest";
import { createPipeline } from "../../../src/runtime/detector/pipeline.ts";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import type { Pool } from "../../../src/runtime/detector/pool.ts";
import { openContext } from "../../support/context.ts";
import { detectionsOn, detectorConfig, fileCamera } from "./support.ts";

const size = { width: 64, height: 36 };

/** A pool for one picture at a time, which is done when the test says so. */
function steppedPool() {
  let finish: (() => void) | undefined;
  const pool: Pool = {
    hasRoom: () => finish === undefined,
    detect: () =>
      new Promise((resolve) => {
        finish = () => {
          finish = undefined;
          resolve([]);
        };
      }),
    stop: async () => {},
    failed: new Promise(() => {}),
  };
  return { pool, finish: () => finish?.() };
}

test("a newer frame takes the place of the one that waits; the longest waiting camera goes first", async () => {
  const cameras = ["a", "b", "c"].map((id) => fileCamera(id, "file:none"));
  const { context, close } = await openContext(detectorConfig(cameras));
  const memory = createPixelMemory();
  const { pool, finish } = steppedPool();
  const pipeline = createPipeline(context, {
    pool,
    model: { path: "", type: "none", forSimulation: false },
    memory,
  });
  const offer = (index: number, capturedAt: number) =>
    pipeline.offer({ camera: cameras[index]!, picture: memory.take(size), capturedAt });

  offer(0, 1); // In work at once.
  offer(1, 2);
  offer(2, 3);
  offer(0, 4);
  offer(1, 5); // Replaces that of 2, in its place before c.
  offer(1, 6);
  expect(pipeline.open()).toBe(4);
  expect(pipeline.counts()).toEqual({ processed: 0, dropped: { replaced: 2, bus: 0, failed: 0 } });

  const idle = pipeline.idle().then(() => true);
  while (!(await Promise.race([idle, new Promise<false>((resolve) => setImmediate(resolve, false))])))
    finish();
  expect(pipeline.counts().processed).toBe(4);
  const detections = await detectionsOn(context);
  expect(detections.map(({ trace }) => trace.capturedAt).sort()).toEqual([1, 3, 4, 6]);
  const order = detections
    .toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1))
    .map(({ cameraId }) => cameraId);
  expect(order).toEqual(["a", "b", "c", "a"]);
  await close();
});
