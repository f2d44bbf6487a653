import { setTimeout as delay } from "node:timers/promises";
import type { Feed, FeedOptions, Origin, Site } from "./feed.ts";
import { inventFrames } from "./invented.ts";
import { type Profile, rateAt, schedule } from "./profile.ts";
import { renderFrames } from "./rendered.ts";

export interface LoadOptions extends FeedOptions {
  from: Origin;
  profile: Profile;
}

export interface Load extends Pick<Feed, "dropped" | "isBack" | "expected" | "failed"> {
  /** Epoch ms in the store's clock. */
  readonly startedAt: number;
  readonly frames: ReadonlySet<string>;
  /** Frames a second that are to be sent at the moment. */
  rate(): number;
  /** No more frames are due; resolves when all that were are written, or given up with the signal. */
  stop(signal: AbortSignal): Promise<void>;
  /** Frames that were due. */
  due(): number;
  /** Of these, those that are not on the bus and were not dropped by the detector either. */
  unsent(): number;
  /** How long after they were due frames were handed over, ms. */
  readonly lateMs: readonly number[];
}

const lookEveryMs = 5;
/** Of the time for draining as much may be used up by frames that are sent late. */
const shareForLate = 0.2;

/**
 * Sends one frame after the other, each camera in turn, when the profile says so and not when the system is ready for
 * it. A frame's capture is the time it should have been sent at, so that all latencies count the wait for a system
 * that could not take it (no coordinated omission). What could not be sent by the end, or soon after it, is not.
 * @throws as renderFrames
 */
export async function startLoad(site: Site, { from, profile, ...options }: LoadOptions): Promise<Load> {
  const { config, store } = site;
  const { cameraIds, frames } = options;
  const feed =
    from === "cameras" ? await renderFrames(site, options) : await inventFrames(site, { ...options, from });
  const startedAt = store.now();
  let endsAt = startedAt + profile.forMs;
  let due = 0;
  let givenUp = false;
  const lateMs: number[] = [];

  async function run(): Promise<void> {
    for (const ms of schedule(profile)) {
      const dueAt = startedAt + ms;
      while (store.now() < dueAt && dueAt < endsAt) await delay(lookEveryMs);
      if (dueAt >= endsAt) return;
      due += 1;
      const camera = due % cameraIds.length;
      await feed.room(camera);
      const now = store.now();
      if (givenUp || now > endsAt + shareForLate * config.drainMs) continue;
      lateMs.push(now - dueAt);
      feed.take(camera, dueAt, now);
    }
  }

  const running = run();
  return {
    ...{ startedAt, frames, lateMs },
    ...{ dropped: feed.dropped, isBack: feed.isBack, expected: feed.expected, failed: feed.failed },
    rate: () => (store.now() < endsAt ? rateAt(profile, store.now() - startedAt) : 0),
    async stop(signal) {
      endsAt = Math.min(endsAt, store.now());
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
        if (signal.aborted) resolve();
      });
      await Promise.race([running.then(feed.finish), aborted]);
      givenUp = true;
      await feed.stop();
    },
    due: () => due,
    unsent: () => due - frames.size - feed.dropped(),
  };
}
