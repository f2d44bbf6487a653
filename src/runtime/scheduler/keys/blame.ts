import type { SchedulerConfig } from "../../../config/config.ts";
import type { VlmError } from "../../../vlm/failure.ts";
import { isDoubtful } from "../../../vlm/response.ts";
import type { KeyState } from "./key-state.ts";
import type { Standing } from "./standing.ts";

/** What a failed call changes, by the one table of errors (vlm/failure.ts). */
export function createBlame(scheduler: SchedulerConfig) {
  const blamedBy = (error: VlmError, key: KeyState): Standing => {
    switch (error.failure.blame) {
      case "group":
        return key.group.standing;
      case "account":
        return key.account;
      case "model":
        return key.model;
      default:
        return key.standing;
    }
  };

  return (key: KeyState, error: VlmError, call: { taskId: string; startedAt: number; now: number }): void => {
    const { failure, details } = error;
    const { now, startedAt, taskId } = call;
    const trouble = { now, startedAt, reason: error };
    const blamed = blamedBy(error, key);
    const coolDown = details.retryAfterMs ?? coolDownMs(key.failureRate(), scheduler);
    // What a proxy says for a moment is no reason to disable anything for good.
    const action = failure.action === "disable" && isDoubtful(error) ? "back_off" : failure.action;
    switch (action) {
      case "disable":
      case "disable_and_probe":
        blamed.disable(trouble, { probe: action === "disable_and_probe" });
        break;
      case "cool":
        blamed.cool(trouble, coolDown);
        key.group.throttled(now, startedAt);
        break;
      case "slow_start":
        key.group.slowStart.begin(now);
        if (details.retryAfterMs !== undefined) blamed.cool(trouble, details.retryAfterMs);
        break;
      case "back_off":
        blamed.failed(trouble);
        if (details.retryAfterMs !== undefined) blamed.cool(trouble, details.retryAfterMs);
        break;
      case "none":
        // One task refused is the task's fault; task after task refused may be the key's.
        if (failure.code === "TMON_VLM_REQUEST_REFUSED" && key.noteRefusal(taskId))
          key.standing.cool(trouble, coolDown);
    }
  };
}

/** Ids of the keys an error speaks against as well: another call would meet the same there. */
export function blamedKeys(key: KeyState, error: VlmError, keys: readonly KeyState[]): string[] {
  const isBlamed = (other: KeyState): boolean => {
    switch (error.failure.blame) {
      case "group":
        return other.group === key.group;
      case "account":
        return other.account === key.account;
      default:
        return other === key;
    }
  };
  return keys.filter(isBlamed).map(({ config }) => config.id);
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
