import type { OutgoingMessage } from "../../bus/bus.ts";
import { messageOf } from "../../errors.ts";
import { encode } from "../../messages/codec.ts";
import { createOutage, type Outage } from "../../observability/outage.ts";
import { publishUntilDone } from "../publish.ts";
import type { RoleContext } from "../role.ts";
import type { Job } from "./job.ts";
import { type Outcome, resultOf } from "./outcome.ts";

export interface ResultPublisher {
  /** Makes the result durable, then acknowledges the task and its repeats. */
  add(job: Job, outcome: Outcome): void;
  /** Why results cannot be published at the moment. */
  trouble(): string | undefined;
  /** Resolves when nothing waits to be published, or the signal was aborted. */
  idle(): Promise<void>;
}

export interface ResultPublisherOptions {
  signal: AbortSignal;
  /** Results cannot be published: nothing more is to be taken in… */
  failing(): void;
  /** …until they can again. */
  working(): void;
  published(job: Job): void;
}

interface Entry {
  job: Job;
  message: OutgoingMessage;
}

/** Writes one batch at a time, of all results that came while the last one was being written. */
export function createResultPublisher(
  context: Pick<RoleContext, "bus" | "config" | "log" | "metrics">,
  { signal, failing, working, published }: ResultPublisherOptions,
): ResultPublisher {
  const { config, log, metrics } = context;
  const topic = config.topics["risk-assessment-results"].name;
  let waiting: Entry[] = [];
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let trouble: string | undefined;

  const told = createOutage(log, {
    begins: "results cannot be published: intake pauses",
    ends: "results are published again: intake goes on",
  });
  const outage: Outage = {
    failed(error, batch) {
      told.failed(error, batch);
      if (trouble === undefined) failing();
      trouble = `results cannot be published: ${messageOf(error)}`;
    },
    done(batch) {
      told.done(batch);
      if (trouble === undefined) return;
      trouble = undefined;
      working();
    },
  };

  /** Says that it is over in the turn in which it found nothing waiting: what comes later begins anew. */
  async function write(): Promise<void> {
    isWriting = true;
    try {
      while (waiting.length > 0) await writeBatch();
    } finally {
      isWriting = false;
    }
  }

  async function writeBatch(): Promise<void> {
    const batch = waiting;
    waiting = [];
    const messages = batch.map((entry) => entry.message);
    await publishUntilDone(context, messages, signal, outage);
    metrics.messagesSent.inc({ topic }, batch.length);
    for (const { job } of batch) {
      for (const receipt of job.receipts) receipt.acknowledge();
      published(job);
      log.debug({ taskId: job.task.taskId }, "result published, task acknowledged");
    }
  }

  return {
    add(job, outcome) {
      const value = encode(resultOf(job.task, outcome));
      waiting.push({ job, message: { topic, key: job.task.cameraId, value } });
      if (isWriting) return;
      // Rejects only when the role was stopped: the tasks then belong to their next owner.
      writing = write().catch(() => {});
    },
    trouble: () => trouble,
    idle: () => writing,
  };
}
