import type { Receipt } from "../receipt.ts";
import type { Job } from "./job.ts";

const rememberedPerPartition = 10_000;

export interface TaskMemory {
  /**
   * True if the task was delivered before. A task that is still open takes the receipt with it, to be
   * acknowledged with its result; one that had its result is acknowledged here.
   */
  isRepeat(taskId: string, receipt: Receipt): boolean;
  opened(job: Job): void;
  done(job: Job): void;
  /** The task was given up to another owner. */
  forget(job: Job): void;
}

/** Which tasks were seen, so that a repeated delivery never means a second call or a second result. */
export function createTaskMemory(limit = rememberedPerPartition): TaskMemory {
  const open = new Map<string, Job>();
  const done = new Map<number, Set<string>>();
  return {
    isRepeat(taskId, receipt) {
      const job = open.get(taskId);
      if (job) {
        job.receipts.push(receipt);
        return true;
      }
      if (!done.get(receipt.partition)?.has(taskId)) return false;
      receipt.acknowledge();
      return true;
    },
    opened: (job) => void open.set(job.task.taskId, job),
    done(job) {
      const { taskId } = job.task;
      open.delete(taskId);
      for (const partition of new Set(job.receipts.map((receipt) => receipt.partition))) {
        const taskIds = done.get(partition) ?? new Set();
        done.set(partition, taskIds.add(taskId));
        const [oldest] = taskIds;
        if (taskIds.size > limit && oldest !== undefined) taskIds.delete(oldest);
      }
    },
    forget: (job) => void open.delete(job.task.taskId),
  };
}
