import type { ApiKeyConfig } from "../../config/config.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { VlmAnswer } from "../../vlm/client.ts";
import type { VlmError } from "../../vlm/failure.ts";
import { sampleKeys } from "./key-metrics.ts";
import type { KeyPool } from "./keys/pool.ts";
import { groupIdOf } from "./keys/quota-group.ts";
import type { Outcome } from "./outcome.ts";
import type { TaskQueue } from "./queue.ts";

/** What the scheduler counts, for its summary, /api/scheduler/stats and Prometheus. */
export interface SchedulerMeters {
  callStarted(): void;
  /** It was let go before anything was sent. */
  callNotSent(): void;
  callAnswered(key: ApiKeyConfig, answer: VlmAnswer): void;
  /** Without an error the call was given up by us. */
  callFailed(error: VlmError | undefined): void;
  taskEnded(outcome: Outcome): void;
  /** Sets what is told at a scrape. */
  sample(queue: TaskQueue, pool: KeyPool): void;
  totals(): {
    assessed: number;
    failed: number;
    expired: number;
    superseded: number;
    calls: number;
    failedCalls: number;
    callsInFlight: number;
  };
}

export function createMeters(metrics: Metrics): SchedulerMeters {
  const ends = { assessed: 0, failed: 0, expired: 0, superseded: 0 };
  const calls = { calls: 0, failedCalls: 0, callsInFlight: 0 };

  return {
    callStarted() {
      calls.calls += 1;
      calls.callsInFlight += 1;
    },
    callNotSent() {
      calls.calls -= 1;
      calls.callsInFlight -= 1;
    },
    callAnswered(key, { latencyMs }) {
      calls.callsInFlight -= 1;
      metrics.llmLatency.observe({ key_id: key.id, quota_group: groupIdOf(key) }, latencyMs / 1000);
    },
    callFailed(error) {
      calls.failedCalls += 1;
      calls.callsInFlight -= 1;
      if (error) metrics.pipelineErrors.inc({ role: "scheduler", code: error.code });
    },
    taskEnded({ status }) {
      ends[status] += 1;
      metrics.tasksProcessed.inc({ status });
    },
    sample(queue, pool) {
      metrics.taskQueueSize.set(queue.size());
      metrics.taskQueueBytes.set(queue.bytes());
      metrics.llmConcurrentTasks.set(calls.callsInFlight);
      sampleKeys(metrics, pool);
    },
    totals: () => ({ ...ends, ...calls }),
  };
}
