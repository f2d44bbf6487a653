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
import { type Profile, schedule } from "./profile.ts";

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
  /** Resolves when all of the profile is sent. */
  readonly sent: Promise<void>;
  /** messageIds of the frames the bus has. */
  readonly frames: ReadonlySet<string>;
  /** Sends no more; resolves when what was being written is written, or given up with the signal. */
  stop(signal: AbortSignal): Promise<void>;
}

const lookEveryMs = 5;
/** Frames being written: where the bus is slower the others wait, and are late. */
const mostOpen = 1_000;

/**
 * Sends one frame after the other, each camera in turn, when the profile says so and not when the system is ready for
 * it. A frame's capture is the time it should have been sent at, so that all latencies count the wait for a system
 * that could not take it (no coordinated omission).
 */
export async function startLoad(
  site: Site,
  { from, profile, cameraIds, frames }: LoadOptions,
): Promise<Load> {
  const { store, log } = site;
  const frameOf = await createFrames();
  const send = from === "tasks" ? sendTasks : sendDetection;
  const outage = createOutage(log, {
    begins: "the load cannot be written: it waits",
    ends: "the load is written again",
  });
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const open = new Set<Promise<void>>();
  const startedAt = store.now();

  function start(frame: Detection): void {
    const sending = untilDone(() => send(site, frame), givingUp.signal, outage)
      .then(() => void frames.add(frame.messageId))
      .catch(() => {})
      .finally(() => open.delete(sending));
    open.add(sending);
  }

  async function run(): Promise<void> {
    let number = 0;
    for (const ms of schedule(profile)) {
      const dueAt = startedAt + ms;
      while (!stopping.signal.aborted && (store.now() < dueAt || open.size >= mostOpen))
        await delay(lookEveryMs);
      if (stopping.signal.aborted) return;
      start(frameOf(cameraIds[number++ % cameraIds.length]!, dueAt));
    }
    const leftMs = startedAt + profile.forMs - store.now();
    await delay(Math.max(0, leftMs), undefined, { signal: stopping.signal }).catch(() => {});
  }

  const sent = run();
  return {
    ...{ startedAt, sent, frames },
    async stop(signal) {
      stopping.abort();
      await sent;
      const giveUp = () => givingUp.abort();
      signal.addEventListener("abort", giveUp, { once: true });
      if (signal.aborted) giveUp();
      await Promise.all(open);
    },
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
  const capturedAt = frame.trace.capturedAt!;
  const state = { detection: frame, results: [] };
  await store.pushFrame({
    ...{ messageId, cameraId, capturedAt, taskIds: [], alertTaskIds: [], closing: true },
    detection: encodeMark(state),
    payload: JSON.stringify(payloadOf(state, { keepImages: false, aggregatedAt: store.now() })),
  });
  const topic = config.topics["assessment-tasks"].name;
  const messages = tasksOf(frame, capturedAt).map(
    (task): OutgoingMessage => ({ topic, key: cameraId, value: encodeTask(task) }),
  );
  await bus.produce(messages);
}
