import type { CameraConfig } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import type { RoleContext, RunningRole } from "../role.ts";
import { type Camera, type CameraState, createCamera } from "./camera.ts";
import { shareCameras } from "./leases.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { createPixelMemory } from "./pixel-memory.ts";
import { startPool } from "./pool.ts";
import { openSources } from "./sources/open.ts";

export interface Detector extends RunningRole {
  readonly name: "detector";
  cameras(): CameraState[];
  /** Cameras live now, or when the drain began. */
  liveCameras(): number;
  /** Frames published, and frames that were not. */
  frames(): { processed: number; dropped: number };
  /** Resolves when every camera delivered its first frame, ended, failed or is another live detector's. */
  readonly firstFrames: Promise<void>;
}

/**
 * The detector: cameras -> newest frame of each -> pool of workers -> groups and pictures -> bus.
 *
 * Sources and model are checked before anything plays.
 * @throws TmonError TMON_NO_CAMERA, TMON_NO_MODEL, and what openSources and startPool throw.
 */
export async function startDetector(context: RoleContext): Promise<Detector> {
  const { config, store, log, metrics, health } = context;
  const { model, workers, confidence, iou } = config.detector;
  const sources = await openSources(requireCameras(config.cameras), workers);
  const pool = await startPool({ model: requireModel(model), workers, confidence, iou });
  const memory = createPixelMemory();
  const pipeline = createPipeline(context, pool, memory);

  const cameras = config.cameras.map((camera, index) =>
    createCamera({
      config: camera,
      source: sources[index]!,
      phaseMs: (index * camera.intervalMs) / config.cameras.length,
      memory,
      log,
      onPicture: (camera, picture) => pipeline.offer({ camera, picture, capturedAt: store.now() }),
      onStateChange: () => metrics.activeCameras.set(live()),
    }),
  );
  const states = () => cameras.map((camera) => camera.state());
  const live = () => cameras.filter(isLive).length;
  const leases = shareCameras(context, cameras);

  health.readiness("detector", () => troubleOf(states()));
  health.warning("cameras", () => leases.trouble());
  health.liveness("detector", () => pipeline.inWorkSince());

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    pipeline.clear();
    await leases.release();
    pipeline.clear();
    await pool.stop();
  };

  return {
    name: "detector",
    cameras: states,
    liveCameras: live,
    frames: () => totals(pipeline),
    firstFrames: leases.settled.then(async () => {
      const ours = cameras.filter((camera) => camera.held());
      await Promise.all(ours.map((camera) => camera.firstFrame));
    }),
    async drain() {
      await leases.release();
      await pipeline.idle();
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    busy: async () => pipeline.open() > 0 || cameras.some((camera) => camera.held() && isLive(camera)),
    stats: () => ({ frames: pipeline.counts(), cameras: states() }),
    failed: pool.failed,
  };
}

function isLive(camera: Camera): boolean {
  return camera.state().state === "live";
}

function requireCameras(cameras: readonly CameraConfig[]): readonly CameraConfig[] {
  if (cameras.length > 0) return cameras;
  throw new TmonError(
    "TMON_NO_CAMERA",
    "no camera is configured",
    "name one with --camera file:PATH, or list cameras in cameras.yaml",
  );
}

function requireModel(model: string | undefined): string {
  if (model !== undefined) return model;
  throw new TmonError(
    "TMON_NO_MODEL",
    "no detector model is configured",
    "name a YOLOX model in ONNX with --model FILE or detector.model in tmon.yaml",
  );
}

function totals(pipeline: Pipeline): { processed: number; dropped: number } {
  const { processed, dropped } = pipeline.counts();
  return { processed, dropped: dropped.replaced + dropped.bus + dropped.failed };
}

function troubleOf(states: readonly CameraState[]): string | undefined {
  const failed = states.filter(({ state }) => state === "failed");
  if (failed.length < states.length) return undefined;
  return `every camera failed, ${failed[0]?.id} with: ${failed[0]?.reason}`;
}
