import type { ApiKeyConfig } from "../../../config/config.ts";
import type { Usage, VlmErrorCode } from "../../../vlm/failure.ts";
import { createLatencies, type Latencies } from "./latencies.ts";
import type { QuotaGroup } from "./quota-group.ts";
import { createReserving, type Reserving } from "./reserving.ts";
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
  /** Of all groups that use the model. */
  modelLatencies: Latencies;
}

/** One key: what it is doing, how it did, whether it may be used. */
export interface KeyState extends SharedByKeys {
  config: ApiKeyConfig;
  readonly standing: Standing;
  /** Everything a call with this key depends on: its own, and those it shares. */
  standings: readonly Standing[];
  readonly latencies: Latencies;
  /** Under its own limits. */
  readonly reserving: Reserving;
  /** When each open call began, oldest first. */
  readonly openSince: Set<{ at: number }>;
  /** What a person said; the reason is shown. */
  order: "use" | "drain" | "disable";
  /** No calls before this: its own window in the store is full. */
  fullUntil: number;
  readonly totals: KeyTotals;
  /** How its calls ended, and how often. */
  readonly outcomes: ReadonlyMap<CallOutcome, number>;
  inFlight(): number;
  /**
   * Its oldest call has been open far longer than its group's calls usually are; those of its model where the group
   * has hardly any, as with a key that never answered.
   */
  isStalled(now: number): boolean;
  noteOutcome(outcome: CallOutcome): void;
  /** What a call used and cost, where that is known. */
  noteUsage(usage: Usage | undefined, costYuan: number | undefined): void;
  /** Share of failures among the last calls. */
  failureRate(): number;
  /** A request of the key was refused; true when three different tasks in a row were. */
  noteRefusal(taskId: string): boolean;
}

/** aborted: given up by us, which says nothing of the key. */
export type CallOutcome = "answered" | "aborted" | VlmErrorCode;

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
  const recent: boolean[] = [];
  const outcomes = new Map<CallOutcome, number>();
  const refusedTasks = new Set<string>();
  const totals = { calls: 0, failures: 0, throttled: 0, promptTokens: 0, completionTokens: 0, costYuan: 0 };
  const key: KeyState = {
    config,
    ...shared,
    standing: createStanding(failureThreshold),
    standings: [],
    latencies: createLatencies(),
    reserving: createReserving(),
    openSince: new Set(),
    order: "use",
    fullUntil: 0,
    totals,
    outcomes,
    inFlight: () => key.openSince.size,
    isStalled(now) {
      const [oldest] = key.openSince;
      if (!oldest || now - oldest.at <= stalledLeastMs) return false;
      const usual = [key.group.latencies, key.modelLatencies].find((of) => of.count() >= stalledSamples);
      const p95 = usual?.percentiles().p95;
      return p95 != null && now - oldest.at > stalledFactor * p95;
    },
    noteOutcome(outcome) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === "aborted") return;
      const ok = outcome === "answered";
      totals.calls += 1;
      if (ok) refusedTasks.clear();
      else totals.failures += 1;
      if (outcome === "TMON_VLM_THROTTLED") totals.throttled += 1;
      recent.push(ok);
      if (recent.length > recentOutcomes) recent.shift();
    },
    noteUsage(usage, costYuan = 0) {
      totals.promptTokens += usage?.promptTokens ?? 0;
      totals.completionTokens += usage?.completionTokens ?? 0;
      totals.costYuan += costYuan;
    },
    failureRate: () => recent.filter((ok) => !ok).length / Math.max(1, recent.length),
    noteRefusal(taskId) {
      refusedTasks.add(taskId);
      if (refusedTasks.size < refusalsToCool) return false;
      refusedTasks.clear();
      return true;
    },
  };
  return key;
}
