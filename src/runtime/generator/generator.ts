import { detectionSchema } from "../../messages/detection.ts";
import { encodeTask } from "../../messages/task.ts";
import { openIntake, route } from "../intake.ts";
import type { RoleContext, RunningRole } from "../role.ts";
import { startSummary } from "../summary.ts";
import { createWindow } from "../window.ts";
import { createTaskPublisher } from "./task-publisher.ts";
import { tasksOf } from "./tasks.ts";

/** Tasks generated and not yet durable. */
const bound = { messages: 5_000, bytes: 32 * 1024 * 1024 };

/** detection -> one task a group -> durable -> the detection is acknowledged. */
export async function startGenerator(context: RoleContext): Promise<RunningRole> {
  const { config, log, store } = context;
  const topic = config.topics["assessment-tasks"].name;
  const ending = new AbortController();
  let frames = 0;
  let generated = 0;

  const window = createWindow(bound, {
    full: () => intake.pause("detection-results"),
    room: () => intake.resume("detection-results"),
  });
  const publish = createTaskPublisher(context, { window, signal: ending.signal });
  const intake = await openIntake(context, {
    role: "generator",
    routes: [
      route("detection-results", detectionSchema, (detection, receipt) => {
        const tasks = tasksOf(detection, store.now());
        const messages = tasks.map((task) => ({ topic, key: task.cameraId, value: encodeTask(task) }));
        for (const { taskId, requestId, cameraId } of tasks) {
          log.debug({ taskId, messageId: requestId, cameraId }, "task generated");
        }
        frames += 1;
        generated += tasks.length;
        publish(messages, receipt);
      }),
    ],
  });
  const stats = () => ({
    framesRead: frames,
    tasksGenerated: generated,
    waitingBytes: window.bytes(),
    inFlight: intake.inFlight(),
  });
  const endSummary = startSummary(context, stats);

  return {
    name: "generator",
    async drain() {
      await intake.drain();
      endSummary();
    },
    async stop() {
      endSummary();
      ending.abort();
      await intake.stop();
    },
    busy: () => intake.busy(),
    stats,
    failed: intake.failed,
  };
}
