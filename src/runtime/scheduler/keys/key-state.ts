import type { ApiKeyConfig } from "../../../config/config.ts";
import { createLatencies, type Latencies } from "./latencies.ts";
import type { QuotaGroup } from "./quota-group.ts";
import { createStanding, type Standing } from "./standing.ts";

const recentOutcomes = 50;
/** A call that is open this many times the p95 is stalled, once there is a p95 to speak of. */
const stalledFactor = 3;
const stalledSamples = 20;
const stalledLeastMs = 1_000;

/** What a key has in common with others. */
export interface SharedByKeys {
  group: QuotaGroup;
  account: Standing;
  model: Standing;
}

/** One key: what it is doing, how it did, whether it may be used. */
export interface KeyState extends SharedByKeys {
  config: ApiKeyConfig;
  readonly standing: Standing;
  readonly latencies: Latencies;
  /** When each open call began, oldest first. */
  readonly openSince: Set<{ at: number }>;
  /** What a person said; the reason is shown. */
  order: "use" | "drain" | "disable";
  /** No calls before this: its own window in the store is full. */
  fullUntil: number;
  readonly totals: KeyTotals;
  inFlight(): number;
  /** Its oldest call has been open far longer than its group's calls usually are. */
  isStalled(now: number): boolean;
  noteOutcome(ok: boolean): void;
  /** Share of failures among the last calls. */
  failureRate(): number;
  /** A request of the key was refused; true when three different tasks in a row were. */
  noteRefusal(taskId: string): boolean;
}

export interface KeyTotals {
  calls: number;
  failures: number;
  throttled: number;
  promptTokens: number;
  completionTokens: number;
  costYuan: number;
}

const refusalsToCool = 3;

export function createKeyState(
  config: ApiKeyConfig,
  shared: SharedByKeys,
  failureThreshold: number,
): KeyState {
  const outcomes: boolean[] = [];
  const refusedTasks = new Set<string>();
  const totals = { calls: 0, failures: 0, throttled: 0, promptTokens: 0, completionTokens: 0, costYuan: 0 };
  const key: KeyState = {
    config,
    ...shared,
    standing: createStanding(failureThreshold),
    latencies: createLatencies(),
    openSince: new Set(),
    order: "use",
    fullUntil: 0,
    totals,
    inFlight: () => key.openSince.size,
    isStalled(now) {
      const [oldest] = key.openSince;
      if (!oldest || now - oldest.at <= stalledLeastMs) return false;
      const { latencies } = key.group;
      const { p95 } = latencies.percentiles();
      if (p95 === null || latencies.count() < stalledSamples) return false;
      return now - oldest.at > stalledFactor * p95;
    },
    noteOutcome(ok) {
      totals.calls += 1;
      if (ok) refusedTasks.clear();
      else totals.failures += 1;
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
