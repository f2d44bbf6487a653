import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { OutgoingMessage } from "../../bus/bus.ts";
import { encode } from "../../messages/codec.ts";
import type { Detection } from "../../messages/detection.ts";
import { encodeTask } from "../../messages/task.ts";
import { createOutage } from "../../observability/outage.ts";
import { encodeMark } from "../aggregator/mark.ts";
import { payloadOf } from "../aggregator/payload.ts";
import { tasksOf } from "../generator/tasks.ts";
import { untilDone } from "../retry.ts";
import type { RoleContext } from "../role.ts";
import { createFrames } from "./frames.ts";
import { type Profile, rateAt, schedule } from "./profile.ts";

type Site = Pick<RoleContext, "config" | "bus" | "store" | "log">;

export interface LoadOptions {
  from: "detections" | "tasks";
  profile: Profile;
  cameraIds: readonly string[];
  /** Takes the messageIds of the frames the bus has. */
  frames: Set<string>;
}

export interface Load {
  /** Epoch ms in the store's clock. */
  readonly startedAt: number;
  readonly frames: ReadonlySet<string>;
  /** Frames a second that are to be sent at the moment. */
  rate(): number;
  /** No more frames are due; resolves when all that were are written, or given up with the signal. */
  stop(signal: AbortSignal): Promise<void>;
  /** Frames that were due. */
  due(): number;
  /** How long after they were due frames were handed to the bus, ms. */
  readonly lateMs: readonly number[];
}

const lookEveryMs = 5;
/** Frames being written: where the bus is slower the others wait, and are late. */
const mostOpen = 1_000;
/** Of the time for draining as much may be used up by frames that are sent late. */
const shareForLate = 0.2;

/**
 * Sends one frame after the other, each camera in turn, when the profile says so and not when the system is ready for
 * it. A frame's capture is the time it should have been sent at, so that all latencies count the wait for a system
 * that could not take it (no coordinated omission). What could not be sent by the end, or soon after it, is not.
 */
export async function startLoad(
  site: Site,
  { from, profile, cameraIds, frames }: LoadOptions,
): Promise<Load> {
  const { config, store, log } = site;
  const frameOf = await createFrames();
  const send = from === "tasks" ? sendTasks : sendDetection;
  const outage = createOutage(log, {
    begins: "the load cannot be written: it waits",
    ends: "the load is written again",
  });
  const givingUp = new AbortController();
  setMaxListeners(0, givingUp.signal);
  const open = new Set<Promise<void>>();
  const startedAt = store.now();
  let endsAt = startedAt + profile.forMs;
  let due = 0;
  const lateMs: number[] = [];

  function start(frame: Detection): void {
    const sending = untilDone(() => send(site, frame), givingUp.signal, outage)
      .then(() => void frames.add(frame.messageId))
      .catch(() => {})
      .finally(() => open.delete(sending));
    open.add(sending);
  }

  async function run(): Promise<void> {
    for (const ms of schedule(profile)) {
      const dueAt = startedAt + ms;
      while (store.now() < dueAt && dueAt < endsAt) await delay(lookEveryMs);
      if (dueAt >= endsAt) return;
      due += 1;
      while (open.size >= mostOpen) await Promise.race(open);
      const now = store.now();
      if (givingUp.signal.aborted || now > endsAt + shareForLate * config.drainMs) continue;
      lateMs.push(now - dueAt);
      start(frameOf(cameraIds[due % cameraIds.length]!, dueAt, now));
    }
  }

  const running = run();
  return {
    startedAt,
    frames,
    rate: () => (store.now() < endsAt ? rateAt(profile, store.now() - startedAt) : 0),
    async stop(signal) {
      endsAt = Math.min(endsAt, store.now());
      // What has been given up may still be on its way to a bus that does not answer.
      const givenUp = new Promise<void>((resolve) => {
        const giveUp = () => {
          givingUp.abort();
          resolve();
        };
        signal.addEventListener("abort", giveUp, { once: true });
        if (signal.aborted) giveUp();
      });
      await Promise.race([running.then(() => Promise.all(open)), givenUp]);
    },
    due: () => due,
    lateMs,
  };
}

async function sendDetection({ config, bus }: Site, frame: Detection): Promise<void> {
  const topic = config.topics["detection-results"].name;
  await bus.produce([{ topic, key: frame.cameraId, value: encode(frame) }]);
}

/**
 * The aggregator looks for the detection of each result. It is not on the bus, where a generator would make the same
 * tasks of it once more, but in the frame's mark, as of one that was closed before: each verdict is pushed at once.
 */
async function sendTasks({ config, bus, store }: Site, frame: Detection): Promise<void> {
  const { messageId, cameraId } = frame;
  const { capturedAt, detectedAt } = frame.trace;
  const state = { detection: frame, results: [] };
  await store.pushFrame({
    ...{ messageId, cameraId, capturedAt: capturedAt!, taskIds: [], alertTaskIds: [], closing: true },
    detection: encodeMark(state),
    payload: JSON.stringify(payloadOf(state, { keepImages: false, aggregatedAt: store.now() })),
  });
  const topic = config.topics["assessment-tasks"].name;
  const messages = tasksOf(frame, detectedAt!).map(
    (task): OutgoingMessage => ({ topic, key: cameraId, value: encodeTask(task) }),
  );
  await bus.produce(messages);
}
