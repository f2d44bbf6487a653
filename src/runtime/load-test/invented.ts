import { setMaxListeners } from "node:events";
import type { OutgoingMessage } from "../../bus/bus.ts";
import { encode } from "../../messages/codec.ts";
import type { Detection } from "../../messages/detection.ts";
import { encodeTask } from "../../messages/task.ts";
import { createOutage } from "../../observability/outage.ts";
import { encodeMark } from "../aggregator/mark.ts";
import { payloadOf } from "../aggregator/payload.ts";
import { tasksOf } from "../generator/tasks.ts";
import { untilDone } from "../retry.ts";
import type { Feed, FeedOptions, Origin, Site } from "./feed.ts";
import { createFrames } from "./frames.ts";

/** Frames being written: where the bus is slower the others wait, and are late. */
const mostOpen = 1_000;

/** Frames that nobody saw, as a detector or a generator would have sent them; each is tried until the bus has it. */
export async function inventFrames(
  site: Site,
  { from, cameraIds, frames }: FeedOptions & { from: Exclude<Origin, "cameras"> },
): Promise<Feed> {
  const frameOf = await createFrames();
  const send = from === "tasks" ? sendTasks : sendDetection;
  const outage = createOutage(site.log, {
    begins: "the load cannot be written: it waits",
    ends: "the load is written again",
  });
  const givingUp = new AbortController();
  setMaxListeners(0, givingUp.signal);
  const open = new Set<Promise<void>>();

  return {
    async room() {
      while (open.size >= mostOpen) await Promise.race(open);
    },
    take(camera, capturedAt, sentAt) {
      const frame = frameOf(cameraIds[camera]!, capturedAt, sentAt);
      const sending = untilDone(() => send(site, frame), givingUp.signal, outage)
        .then(() => void frames.add(frame.messageId))
        .catch(() => {})
        .finally(() => open.delete(sending));
      open.add(sending);
    },
    finish: async () => void (await Promise.all(open)),
    // What has been given up may still be on its way to a bus that does not answer.
    stop: async () => givingUp.abort(),
    dropped: () => 0,
    isBack: ({ results }) => results.size >= frames.size,
    expected: () => frames.size,
    failed: new Promise(() => {}),
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
