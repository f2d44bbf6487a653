import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { CameraConfig } from "../../config/config.ts";
import { messageOf, TmonError } from "../../errors.ts";
import type { CameraReason, CameraStreamState } from "../../messages/camera-status.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import { backOffMs } from "../back-off.ts";
import { deferred } from "./deferred.ts";
import type { PixelMemory } from "./pixel-memory.ts";
import type { Source } from "./sources/source.ts";
import { reasonCodeOf } from "./sources/trouble.ts";

export interface CameraState extends Why {
  readonly id: string;
  /** connecting: no picture yet, or another detector has it. */
  readonly state: CameraStreamState;
  /** When it came into this state, epoch ms of the store's clock, as all times here. */
  readonly since: number;
  /** Fit to be shown. */
  readonly url: string;
  /** Pictures delivered. */
  readonly frames: number;
  /** When the first one was captured, however often it was opened anew since. */
  readonly firstFrameAt?: number;
  /** When the newest one was captured. */
  readonly lastFrameAt?: number;
  /** How often it was opened anew. */
  readonly restarts: number;
}

/** Why it is not live, or ended early. */
interface Why {
  readonly reason?: string | undefined;
  /** Undefined where the reason is the source's own words. */
  readonly reasonCode?: CameraReason | undefined;
}

/**
 * One camera.
 *
 *   connecting -> live -> ended (a file)
 *      ^  |        |-> stalled ---\        no picture for longer than its source's patience
 *      |  |         \---------------> backing_off -(at most 4 s)-> connecting
 *      |   \-> backing_off | failed
 *       \-(a minute)----------/            a retry hardly helps before somebody mends it
 *
 * It goes back to connecting when its lease goes to another detector; at a stop it keeps its state.
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
  /** Resolves at the first picture, or when there will hardly be one: it ended or failed. */
  readonly firstFrame: Promise<void>;
}

export interface CameraOptions {
  config: CameraConfig;
  source: Source;
  phaseMs: number;
  memory: PixelMemory;
  log: Logger;
  /** The store's clock. */
  now(): number;
  onPicture(camera: CameraConfig, picture: RgbPicture, capturedAt: number): void;
  onStateChange(camera: Camera): void;
}

/** Short, for a camera that is back must be seen within seconds. */
const backOff = { baseMs: 500, maxMs: 4000 };
const failedRetryMs = 60_000;
/** A stream that lasted so long, ms, was a good one: its end is the first failure again. */
const lastedMs = 10_000;
const watchEveryMs = 100;

export function createCamera(options: CameraOptions): Camera {
  const { config, source, phaseMs, memory, now } = options;
  const log = options.log.child({ cameraId: config.id });
  const first = deferred<void>();
  let status: Pick<CameraState, "state" | "since" | keyof Why> = { state: "connecting", since: now() };
  let frames = 0;
  let restarts = 0;
  let firstFrameAt: number | undefined;
  let lastFrameAt: number | undefined;
  let logged = "";
  let play: { stop: AbortController; done: Promise<void> } | undefined;

  function enter(state: CameraStreamState, { reason, reasonCode }: Why = {}): void {
    if (status.state === state && status.reason === reason) return;
    status = { state, since: now(), ...(reason && { reason }), ...(reasonCode && { reasonCode }) };
    report(state, reason);
    if (state === "live" || state === "ended" || state === "failed") first.resolve();
    options.onStateChange(camera);
  }

  /** A camera that is away is tried again and again: said once. */
  function report(state: CameraStreamState, reason: string | undefined): void {
    const line = `${state} ${reason}`;
    if (state === "connecting" || line === logged) return;
    logged = line;
    const level = state === "failed" ? "error" : reason === undefined ? "info" : "warn";
    log[level]({ state, url: config.shownUrl, ...(reason && { reason }) }, `camera ${config.id} is ${state}`);
  }

  /** The whole way of a camera, until it ended or is stopped. */
  async function run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; restarts++) {
      const startedAt = performance.now();
      const outcome = await attempt(signal);
      if (signal.aborted) return;
      if (outcome.ended) return enter("ended", outcome);

      failures = outcome.played && performance.now() - startedAt > lastedMs ? 1 : failures + 1;
      enter(outcome.lasting ? "failed" : "backing_off", outcome);
      const waitMs = outcome.lasting ? failedRetryMs : backOffMs(failures - 1, backOff);
      await delay(waitMs, undefined, { signal }).catch(() => {});
      if (!signal.aborted && !outcome.lasting) enter("connecting", outcome);
    }
  }

  /** Plays the source once, and ends it when it stalls. */
  async function attempt(signal: AbortSignal): Promise<Outcome> {
    const giveUp = new AbortController();
    let newestAt = performance.now();
    let played = false;
    let stalled = false;

    const watch = setInterval(() => {
      const { firstMs, nextMs } = source.patience(config.intervalMs);
      const bound = played ? nextMs : firstMs;
      if (stalled || performance.now() - newestAt <= bound) return;
      stalled = true;
      if (played) enter("stalled", silence);
      giveUp.abort();
    }, watchEveryMs);

    try {
      const cut = await source.play({
        ...{ intervalMs: config.intervalMs, phaseMs, memory },
        signal: AbortSignal.any([signal, giveUp.signal]),
        onPicture(picture, ageMs = 0) {
          // What is still in the pipe of a source given up is old.
          if (signal.aborted || giveUp.signal.aborted) return memory.give(picture);
          newestAt = performance.now();
          lastFrameAt = now() - ageMs;
          firstFrameAt ??= lastFrameAt;
          played = true;
          frames++;
          enter("live");
          options.onPicture(config, picture, lastFrameAt);
        },
      });
      if (stalled) return { played, ...silence };
      return cut === undefined ? { ended: true } : { ended: true, ...cutShort(cut) };
    } catch (error) {
      if (stalled) return { played, ...silence };
      // The URL is in the status already.
      const reason = messageOf(error).replace(`${config.shownUrl}: `, "");
      return { played, reason, reasonCode: reasonCodeOf(error), lasting: isLasting(error) };
    } finally {
      clearInterval(watch);
    }
  }

  async function stop(): Promise<void> {
    play?.stop.abort();
    await play?.done;
    play = undefined;
  }

  const camera: Camera = {
    config,
    state: () => ({
      ...{ id: config.id, url: config.shownUrl, frames, restarts, ...status },
      ...(firstFrameAt !== undefined && { firstFrameAt }),
      ...(lastFrameAt !== undefined && { lastFrameAt }),
    }),
    held: () => play !== undefined,
    start() {
      const abort = new AbortController();
      status = { state: "connecting", since: now() };
      play = { stop: abort, done: Promise.resolve().then(() => run(abort.signal)) };
      options.onStateChange(camera);
    },
    stop,
    async handOver() {
      await stop();
      enter("connecting");
    },
    firstFrame: first.promise,
  };
  return camera;
}

/** How playing a source once came out. */
interface Outcome extends Why {
  readonly ended?: true;
  readonly played?: boolean;
  readonly lasting?: boolean;
}

/** How long it lasts by now is told by the age of the newest picture. */
const silence = { reason: "no pictures come", reasonCode: "no_pictures" } satisfies Why;

const cutShort = (what: string): Why => ({ reason: `cut short: ${what}`, reasonCode: "cut_short" });

/** Camera and network come back by themselves; for a wrong password or URL a person must come. */
function isLasting(error: unknown): boolean {
  const passing = ["TMON_SOURCE_UNREACHABLE", "TMON_SOURCE_BROKEN"];
  return !(error instanceof TmonError && passing.includes(error.code));
}
