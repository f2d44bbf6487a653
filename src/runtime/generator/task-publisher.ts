import type { Delivery, OutgoingMessage } from "../../bus/bus.ts";
import { messageOf } from "../../errors.ts";
import { publishUntilDone } from "../publish.ts";
import type { RoleContext } from "../role.ts";

/** Waiting bytes at which the reader should pause, and at which it may go on. */
const fullBytes = 32 * 1024 * 1024;
const roomBytes = fullBytes / 2;
/** At most this much goes out in one write, unless one frame's tasks are more. */
const batchBytes = 4 * 1024 * 1024;

export interface TaskPublisher {
  /** Writes the tasks and then acknowledges the detection they came from. */
  add(tasks: readonly OutgoingMessage[], delivery: Delivery): void;
  /** Bytes of tasks not yet durable. */
  waitingBytes(): number;
}

interface Entry {
  tasks: readonly OutgoingMessage[];
  delivery: Delivery;
  bytes: number;
}

/**
 * Writes one batch at a time, of all that came while the last one was being written: order is kept whatever
 * fails, and the slower the bus, the larger the batches.
 */
export function createTaskPublisher(
  { bus, config, log, metrics }: RoleContext,
  options: { signal: AbortSignal; full(): void; room(): void },
): TaskPublisher {
  const topic = config.topics["assessment-tasks"].name;
  const waiting: Entry[] = [];
  let waitingBytes = 0;
  let writing = false;

  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0 && !options.signal.aborted) {
      const batch = takeBatch();
      const tasks = batch.filter(({ delivery }) => delivery.owned()).flatMap((entry) => entry.tasks);
      if (tasks.length > 0) await publishUntilDone(bus, tasks, options.signal, reportFailure);
      for (const { delivery, bytes } of batch) {
        delivery.acknowledge();
        waitingBytes -= bytes;
      }
      metrics.messagesSent.inc({ topic }, tasks.length);
      metrics.tasksGenerated.inc(tasks.length);
      if (waitingBytes <= roomBytes) options.room();
    }
    writing = false;
  }

  function takeBatch(): Entry[] {
    let bytes = 0;
    const tooMuch = waiting.findIndex((entry, index) => {
      bytes += entry.bytes;
      return index > 0 && bytes > batchBytes;
    });
    return waiting.splice(0, tooMuch === -1 ? waiting.length : tooMuch);
  }

  function reportFailure(error: unknown): void {
    metrics.sendErrors.inc({ topic });
    log.error({ topic, error: messageOf(error) }, "tasks could not be written yet");
  }

  return {
    add(tasks, delivery) {
      const bytes = tasks.reduce((sum, task) => sum + task.value.length, 0);
      waiting.push({ tasks, delivery, bytes });
      waitingBytes += bytes;
      if (waitingBytes >= fullBytes) options.full();
      if (!writing) write().catch(() => {});
    },
    waitingBytes: () => waitingBytes,
  };
}
