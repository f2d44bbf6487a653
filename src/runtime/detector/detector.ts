import { requireDetector } from "../../config/checks.ts";
import type { CameraConfig } from "../../config/config.ts";
import type { RoleContext, RunningRole } from "../role.ts";
import { type Camera, type CameraState, createCamera } from "./camera.ts";
import { publishCameraStatuses } from "./camera-statuses.ts";
import { answerControl } from "./control.ts";
import { shareCameras } from "./leases.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { createPixelMemory } from "./pixel-memory.ts";
import { startPool } from "./pool.ts";
import { createRoster } from "./roster.ts";
import { openSource, openSources } from "./sources/open.ts";
import type { Source } from "./sources/source.ts";

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
 * Model and files are checked before anything plays; a live camera may be away.
 * @throws TmonError as requireDetector, openSources and startPool
 */
export async function startDetector(context: RoleContext): Promise<Detector> {
  const { config, store, log, metrics, health } = context;
  const { workers, confidence, iou } = config.detector;
  const model = requireDetector(config);
  const sources = await openSources(config.cameras, workers);
  const pool = await startPool({ model: model.path, workers, confidence, iou });
  const memory = createPixelMemory();
  const pipeline = createPipeline(context, { pool, model, memory });

  const open = (camera: CameraConfig, source: Source, phaseMs: number) =>
    createCamera({
      ...{ config: camera, source, phaseMs, memory, log, now: store.now },
      onPicture: (camera, picture, capturedAt) => pipeline.offer({ camera, picture, capturedAt }),
      onStateChange(camera) {
        metrics.activeCameras.set(live());
        statuses.changed(camera);
      },
    });
  const roster = createRoster({
    ...{ config, store },
    configured: config.cameras.map((camera, index) =>
      open(camera, sources[index]!, (index * camera.intervalMs) / config.cameras.length),
    ),
    open: async (camera) => open(camera, await openSource(camera), Math.random() * camera.intervalMs),
  });
  const statuses = publishCameraStatuses(context, roster.cameras);
  const states = () => roster.cameras().map((camera) => camera.state());
  const live = () => roster.cameras().filter(isLive).length;
  const leases = shareCameras(context, {
    cameras: roster.cameras,
    async refresh() {
      const gone = await roster.refresh();
      for (const camera of gone) camera.stop().then(() => statuses.removed(camera));
      metrics.activeCameras.set(live());
      return gone;
    },
  });
  const endControl = await answerControl(context, roster, leases);

  health.readiness("detector", () => troubleOf(states()));
  health.warning("cameras", () => leases.trouble());
  health.liveness("detector", () => pipeline.inWorkSince());

  let stopped: Promise<void> | undefined;
  const releaseCameras = async () => {
    await endControl();
    await leases.release();
    await statuses.stop();
  };
  const stop = async () => {
    pipeline.clear();
    await releaseCameras();
    pipeline.clear();
    await pool.stop();
  };

  return {
    name: "detector",
    cameras: states,
    liveCameras: live,
    frames: () => totals(pipeline),
    firstFrames: leases.settled.then(async () => {
      const ours = roster.cameras().filter((camera) => camera.held());
      await Promise.all(ours.map((camera) => camera.firstFrame));
    }),
    async drain() {
      await releaseCameras();
      await pipeline.idle();
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    busy: async () =>
      pipeline.open() > 0 || roster.cameras().some((camera) => camera.held() && isLive(camera)),
    stats: () => ({ frames: pipeline.counts(), cameras: states() }),
    failed: pool.failed,
  };
}

function isLive(camera: Camera): boolean {
  return camera.state().state === "live";
}

function totals(pipeline: Pipeline): { processed: number; dropped: number } {
  const { processed, dropped } = pipeline.counts();
  return { processed, dropped: dropped.replaced + dropped.bus + dropped.failed };
}

/** Not while one of them is only just being connected. */
function troubleOf(states: readonly CameraState[]): string | undefined {
  const down = states.filter(({ state }) => ["stalled", "backing_off", "failed"].includes(state));
  if (down.length === 0 || down.length < states.length) return undefined;
  return `no camera delivers pictures, ${down[0]?.id}: ${down[0]?.reason}`;
}
