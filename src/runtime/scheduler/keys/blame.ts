import type { SchedulerConfig } from "../../../config/config.ts";
import type { VlmError } from "../../../vlm/failure.ts";
import type { KeyState } from "./key-state.ts";
import type { Standing } from "./standing.ts";

/** What a failed call changes. A flat key is its own quota group and its own account. */
export function createBlame(scheduler: SchedulerConfig, modelOf: (key: KeyState) => Standing) {
  return (key: KeyState, error: VlmError, call: { taskId: string; startedAt: number; now: number }): void => {
    const { failure, details } = error;
    const { now, startedAt, taskId } = call;
    const blamed = failure.blame === "model" ? modelOf(key) : key.standing;
    switch (failure.action) {
      case "disable":
      case "disable_and_probe":
        blamed.disable(now, error, { probe: failure.action === "disable_and_probe" });
        break;
      case "cool":
        blamed.cool(now, details.retryAfterMs ?? coolDownMs(key.failureRate(), scheduler));
        break;
      case "slow_start":
        key.slowStart.begin(now);
        if (details.retryAfterMs !== undefined) blamed.cool(now, details.retryAfterMs);
        break;
      case "back_off":
        blamed.failed(now, startedAt);
        if (details.retryAfterMs !== undefined) blamed.cool(now, details.retryAfterMs);
        break;
      case "none":
        // One task refused is the task's fault; task after task refused may be the key's.
        if (failure.code === "TMON_VLM_REQUEST_REFUSED" && key.noteRefusal(taskId))
          key.standing.cool(now, coolDownMs(key.failureRate(), scheduler));
    }
  };
}

/**
 * Adaptive: the shortest while the share of failures is within the threshold, from there in proportion up to
 * the longest when every call fails.
 */
export function coolDownMs(failureRate: number, scheduler: SchedulerConfig): number {
  const { enabled, minMs, maxMs, failureThreshold } = scheduler.adaptiveCooldown;
  if (!enabled) return scheduler.keyCooldownMs;
  const excess = Math.max(0, failureRate - failureThreshold) / Math.max(Number.EPSILON, 1 - failureThreshold);
  return minMs + (maxMs - minMs) * Math.min(1, excess);
}
