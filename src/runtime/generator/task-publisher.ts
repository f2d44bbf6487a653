import type { OutgoingMessage } from "../../bus/bus.ts";
import { createOutage } from "../../observability/outage.ts";
import { publishUntilDone } from "../publish.ts";
import type { Receipt } from "../receipt.ts";
import type { RoleContext } from "../role.ts";
import type { Window } from "../window.ts";

/** At most this much goes out in one write, unless one frame's tasks are more. */
const batchBytes = 4_000_000;

interface Entry {
  tasks: readonly OutgoingMessage[];
  receipt: Receipt;
  bytes: number;
}

/**
 * Writes one batch at a time, of all that came while the last one was being written: order is kept whatever
 * fails, and the slower the bus, the larger the batches. A detection is acknowledged once its tasks are
 * durable; what waits is counted in `window`.
 */
export function createTaskPublisher(
  context: RoleContext,
  { window, signal }: { window: Window; signal: AbortSignal },
): (tasks: readonly OutgoingMessage[], receipt: Receipt) => void {
  const { config, log, metrics } = context;
  const topic = config.topics["assessment-tasks"].name;
  const outage = createOutage(log, {
    begins: "tasks cannot be written: they wait",
    ends: "tasks are written again",
  });
  const waiting: Entry[] = [];
  let writing = false;

  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = takeBatch();
      const tasks = batch.filter(({ receipt }) => receipt.owned()).flatMap((entry) => entry.tasks);
      if (tasks.length > 0) await publishUntilDone(context, tasks, signal, outage);
      metrics.messagesSent.inc({ topic }, tasks.length);
      metrics.tasksGenerated.inc(tasks.length);
      for (const { receipt, bytes } of batch) {
        receipt.acknowledge();
        window.remove(bytes);
      }
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

  return (tasks, receipt) => {
    const bytes = tasks.reduce((sum, task) => sum + task.value.length, 0);
    waiting.push({ tasks, receipt, bytes });
    window.add(bytes);
    if (!writing) write().catch(() => {});
  };
}
