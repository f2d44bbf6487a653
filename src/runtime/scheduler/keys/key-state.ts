import type { ApiKeyConfig, SchedulerConfig } from "../../../config/config.ts";
import { createLatencies, type Latencies } from "./latencies.ts";
import { createSlowStart, type SlowStart } from "./slow-start.ts";
import { createStanding, type Standing } from "./standing.ts";

const recentOutcomes = 50;
/** A call that is open this many times the p95 is stalled, once there is a p95 to speak of. */
const stalledFactor = 3;
const stalledSamples = 20;
const stalledLeastMs = 1_000;

/** One key: what it is doing, how it did, whether it may be used. */
export interface KeyState {
  readonly config: ApiKeyConfig;
  readonly standing: Standing;
  readonly slowStart: SlowStart;
  readonly latencies: Latencies;
  /** When each open call began, oldest first. */
  readonly openSince: Set<{ at: number }>;
  /** No calls before this: its window in the store is full. */
  fullUntil: number;
  calls: number;
  failures: number;
  inFlight(): number;
  /** Its oldest call has been open far longer than its calls usually are. */
  isStalled(now: number): boolean;
  noteOutcome(ok: boolean): void;
  /** Share of failures among the last calls. */
  failureRate(): number;
  /** A request of the key was refused; true when three different tasks in a row were. */
  noteRefusal(taskId: string): boolean;
}

const refusalsToCool = 3;

export function createKeyState(config: ApiKeyConfig, scheduler: SchedulerConfig): KeyState {
  const outcomes: boolean[] = [];
  const refusedTasks = new Set<string>();
  const perSecond = Math.min(
    config.qpsLimit ?? Number.POSITIVE_INFINITY,
    (config.rpmLimit ?? Number.POSITIVE_INFINITY) / 60,
  );
  const key: KeyState = {
    config,
    standing: createStanding(scheduler.healthCheck.failureThreshold),
    slowStart: createSlowStart(Number.isFinite(perSecond) ? perSecond : undefined),
    latencies: createLatencies(),
    openSince: new Set(),
    fullUntil: 0,
    calls: 0,
    failures: 0,
    inFlight: () => key.openSince.size,
    isStalled(now) {
      const [oldest] = key.openSince;
      const p95 = key.latencies.percentiles().p95;
      if (!oldest || p95 === null || key.latencies.count() < stalledSamples) return false;
      return now - oldest.at > Math.max(stalledLeastMs, stalledFactor * p95);
    },
    noteOutcome(ok) {
      key.calls += 1;
      if (ok) refusedTasks.clear();
      else key.failures += 1;
      outcomes.push(ok);
      if (outcomes.length > recentOutcomes) outcomes.shift();
    },
    failureRate: () => outcomes.filter((ok) => !ok).length / Math.max(1, outcomes.length),
    noteRefusal(taskId) {
      refusedTasks.add(taskId);
      if (refusedTasks.size < refusalsToCool) return false;
      refusedTasks.clear();
      return true;
    },
  };
  return key;
}
