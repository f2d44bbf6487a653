import type { Logger } from "pino";
import type { CameraConfig } from "../../config/config.ts";
import { messageOf } from "../../errors.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import { deferred } from "./deferred.ts";
import type { PixelMemory } from "./pixel-memory.ts";
import type { Source } from "./sources/source.ts";

export interface CameraState {
  readonly id: string;
  /** starting: no picture yet, or another detector has it. */
  readonly state: "starting" | "live" | "ended" | "failed";
  /** Fit to be shown. */
  readonly url: string;
  /** Pictures delivered. */
  readonly frames: number;
  /** Why it failed or ended early. */
  readonly reason?: string;
}

/**
 * One camera.
 *
 *   starting -> live -> ended
 *       \---------\---> failed
 *
 * It goes back to starting when its lease goes to another detector; at a stop it keeps its state.
 */
export interface Camera {
  readonly config: CameraConfig;
  state(): CameraState;
  /** True from its start to its stop, also when its source came to an end meanwhile. */
  held(): boolean;
  start(): void;
  /** Resolves when its source is gone. */
  stop(): Promise<void>;
  /** Stopped, because another detector has the camera now. */
  handOver(): Promise<void>;
  /** Resolves at the first picture, or when there will be none. */
  readonly firstFrame: Promise<void>;
}

export interface CameraOptions {
  config: CameraConfig;
  source: Source;
  phaseMs: number;
  memory: PixelMemory;
  log: Logger;
  onPicture(camera: CameraConfig, picture: RgbPicture): void;
  onStateChange(): void;
}

export function createCamera(options: CameraOptions): Camera {
  const { config, source, phaseMs, memory } = options;
  const log = options.log.child({ cameraId: config.id });
  const first = deferred<void>();
  let status: Pick<CameraState, "state" | "reason"> = { state: "starting" };
  let frames = 0;
  let play: { stop: AbortController; done: Promise<void> } | undefined;

  function enter(state: CameraState["state"], reason?: string): void {
    if (status.state === state) return;
    status = reason === undefined ? { state } : { state, reason };
    const level = state === "failed" ? "error" : reason === undefined ? "info" : "warn";
    log[level]({ state, url: config.shownUrl, ...(reason && { reason }) }, `camera ${config.id} is ${state}`);
    if (state !== "starting") first.resolve();
    options.onStateChange();
  }

  async function run(signal: AbortSignal): Promise<void> {
    try {
      const reason = await source.play({
        intervalMs: config.intervalMs,
        phaseMs,
        memory,
        signal,
        onPicture(picture) {
          frames++;
          enter("live");
          options.onPicture(config, picture);
        },
      });
      if (!signal.aborted) enter("ended", reason && `cut short: ${reason}`);
    } catch (error) {
      enter("failed", messageOf(error));
    }
  }

  async function stop(): Promise<void> {
    play?.stop.abort();
    await play?.done;
    play = undefined;
  }

  return {
    config,
    state: () => ({ id: config.id, url: config.shownUrl, frames, ...status }),
    held: () => play !== undefined,
    start() {
      const abort = new AbortController();
      play = { stop: abort, done: run(abort.signal) };
    },
    stop,
    async handOver() {
      await stop();
      enter("starting");
    },
    firstFrame: first.promise,
  };
}
