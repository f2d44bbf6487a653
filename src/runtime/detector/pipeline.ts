import type { ModelFile } from "../../config/models/file.ts";
import { messageOf, TmonError } from "../../errors.ts";
import { createOutage } from "../../observability/outage.ts";
import type { RoleContext } from "../role.ts";
import { createFrameWay, type Frame } from "./frame.ts";
import type { PixelMemory } from "./pixel-memory.ts";
import type { Pool } from "./pool.ts";

/** Why a frame was not published: a newer one came, the bus made the producer wait or refused, an error. */
export type DropReason = "replaced" | "bus" | "failed";

/**
 * Frames of all cameras on their way.
 *
 *   offered -> waiting -> in work: detecting -> publishing -> processed
 *                 \-> dropped           \------------\-> dropped
 *
 * Each camera has one place to wait, which holds its newest frame, and at most one frame in work, which
 * keeps its messages in order. The longest waiting camera goes first.
 */
export interface Pipeline {
  offer(frame: Frame): void;
  /** Resolves when no frame waits or is in work. */
  idle(): Promise<void>;
  /** Drops what waits. */
  clear(): void;
  open(): number;
  /** Epoch ms since which the oldest frame is in work. */
  inWorkSince(): number | undefined;
  counts(): { processed: number; dropped: Record<DropReason, number> };
}

/** Frames go on when none was lost for so long: of many cameras some may go on before others. */
const calmAfterMs = 10_000;

export function createPipeline(
  context: Pick<RoleContext, "bus" | "config" | "log" | "metrics" | "store">,
  { pool, model, memory }: { pool: Pool; model: ModelFile; memory: PixelMemory },
): Pipeline {
  const { bus, config, log, metrics, store } = context;
  const topic = config.topics["detection-results"];
  const waiting = new Map<string, Frame>();
  const inWork = new Map<string, { since: number; publishing: boolean }>();
  const dropped = { replaced: 0, bus: 0, failed: 0 };
  let processed = 0;
  let waitingForIdle: (() => void)[] = [];
  let failedAt = Number.NEGATIVE_INFINITY;
  const outage = createOutage(log, {
    begins: "frames cannot be published: they are dropped",
    ends: "frames are published again",
  });

  const describe = createFrameWay(
    { detector: config.detector, model, topic, store, log, metrics },
    (picture) => pool.detect(picture).finally(startWork),
    memory,
  );

  function startWork(): void {
    for (const [cameraId, frame] of waiting) {
      if (!pool.hasRoom()) return;
      if (inWork.has(cameraId)) continue;
      waiting.delete(cameraId);
      work(frame);
    }
  }

  async function work(frame: Frame): Promise<void> {
    const cameraId = frame.camera.id;
    const stage = { since: Date.now(), publishing: false };
    inWork.set(cameraId, stage);
    try {
      const message = await describe(frame);
      stage.publishing = true;
      await bus.produce([message]);
      metrics.messagesSent.inc({ topic: topic.name });
      processed++;
      if (performance.now() - failedAt > calmAfterMs) outage.done();
    } catch (error) {
      countDropped(cameraId, stage.publishing ? "bus" : "failed");
      report(cameraId, error, stage.publishing);
    } finally {
      inWork.delete(cameraId);
      startWork();
      if (open() === 0) settleIdle();
    }
  }

  function countDropped(cameraId: string, reason: DropReason): void {
    dropped[reason]++;
    metrics.framesDropped.inc({ camera_id: cameraId, reason });
  }

  function report(cameraId: string, error: unknown, publishing: boolean): void {
    const code = error instanceof TmonError ? error.code : "TMON_INTERNAL";
    metrics.pipelineErrors.inc({ role: "detector", code });
    if (publishing) metrics.sendErrors.inc({ topic: topic.name });
    failedAt = performance.now();
    outage.failed(error);
    log.debug({ cameraId, code, error: messageOf(error), dropped }, "a frame could not be published");
  }

  const open = () => waiting.size + inWork.size;
  const settleIdle = () => {
    for (const resolve of waitingForIdle) resolve();
    waitingForIdle = [];
  };

  return {
    offer(frame) {
      const cameraId = frame.camera.id;
      const older = waiting.get(cameraId);
      // A camera replaced keeps its place in the order.
      waiting.set(cameraId, frame);
      if (older) {
        memory.give(older.picture);
        countDropped(cameraId, inWork.get(cameraId)?.publishing ? "bus" : "replaced");
      }
      startWork();
    },
    idle: () => (open() === 0 ? Promise.resolve() : new Promise((resolve) => waitingForIdle.push(resolve))),
    clear: () => waiting.clear(),
    open,
    inWorkSince: () => inWork.values().next().value?.since,
    counts: () => ({ processed, dropped: { ...dropped } }),
  };
}
