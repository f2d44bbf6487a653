import type { Metrics } from "../../observability/metrics.ts";
import type { VlmAnswer } from "../../vlm/client.ts";
import type { VlmError } from "../../vlm/failure.ts";
import type { KeyPool } from "./keys/pool.ts";
import type { Outcome } from "./outcome.ts";
import type { TaskQueue } from "./queue.ts";

/** What the scheduler counts, for its summary, /api/scheduler/stats and Prometheus. */
export interface SchedulerMeters {
  callStarted(): void;
  /** It was let go before anything was sent. */
  callNotSent(): void;
  callAnswered(keyId: string, answer: VlmAnswer): void;
  /** Without an error the call was given up by us. */
  callFailed(keyId: string, error: VlmError | undefined): void;
  taskEnded(outcome: Outcome): void;
  /** Sets the gauges. */
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

  function callEnded(keyId: string, outcome: string): void {
    calls.callsInFlight -= 1;
    metrics.llmConcurrentTasks.dec();
    metrics.llmRequests.inc({ key_id: keyId, outcome });
    metrics.keyCalls.inc({ key_id: keyId });
  }

  return {
    callStarted() {
      calls.calls += 1;
      calls.callsInFlight += 1;
      metrics.llmConcurrentTasks.inc();
    },
    callNotSent() {
      calls.calls -= 1;
      calls.callsInFlight -= 1;
      metrics.llmConcurrentTasks.dec();
    },
    callAnswered(keyId, { latencyMs, usage }) {
      callEnded(keyId, "answered");
      metrics.llmLatency.observe(latencyMs / 1000);
      metrics.llmTokens.inc({ key_id: keyId, kind: "prompt" }, usage?.promptTokens ?? 0);
      metrics.llmTokens.inc({ key_id: keyId, kind: "completion" }, usage?.completionTokens ?? 0);
    },
    callFailed(keyId, error) {
      calls.failedCalls += 1;
      callEnded(keyId, error?.code ?? "aborted");
      if (error) metrics.pipelineErrors.inc({ role: "scheduler", code: error.code });
    },
    taskEnded({ status }) {
      ends[status] += 1;
      metrics.tasksProcessed.inc({ status });
    },
    sample(queue, pool) {
      metrics.taskQueueSize.set(queue.size());
      metrics.taskQueueBytes.set(queue.bytes());
      metrics.keyPoolSize.set(pool.keys().filter((key) => pool.healthOf(key).state !== "disabled").length);
      for (const key of pool.keys()) {
        const labels = { key_id: key.config.id };
        const wait = pool.waitMs(key);
        metrics.keyStatus.set(labels, pool.healthOf(key).state === "healthy" ? 1 : 0);
        metrics.keySuccessRate.set(labels, 1 - key.failureRate());
        metrics.keyCooldown.set(labels, wait / 1000);
      }
    },
    totals: () => ({ ...ends, ...calls }),
  };
}
