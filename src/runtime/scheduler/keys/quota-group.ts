import type { ApiKeyConfig, QuotaLimits, SchedulerConfig } from "../../../config/config.ts";
import { type Concurrency, createConcurrency } from "./concurrency.ts";
import { createLatencies, type Latencies } from "./latencies.ts";
import { createMinuteUsage } from "./minute-usage.ts";
import { createReserving, type Reserving } from "./reserving.ts";
import { createSlowStart, type SlowStart } from "./slow-start.ts";
import { createStanding, type Standing } from "./standing.ts";

/** After a throttled call that our windows had room for: others use the account too. */
const lessAfterThrottle = 0.9;
const moreAMinute = 0.01;
const leastShare = 0.1;

/** What shares a quota: the keys of one account for one model; a key without an account is its own. */
export interface QuotaGroup {
  readonly id: string;
  /** As configured now: api_keys.yaml may be read again. */
  limits: QuotaLimits;
  readonly standing: Standing;
  readonly slowStart: SlowStart;
  readonly concurrency: Concurrency;
  readonly latencies: Latencies;
  readonly reserving: Reserving;
  /** No calls before this: its windows in the store are full. */
  fullUntil: number;
  inFlight: number;
  /** A call ended that this scheduler made; tokens where they are known. */
  used(now: number, tokens: number): void;
  /** What its calls of the last minute used. */
  usedMinute(now: number): { requests: number; tokens: number };
  /** The part of the limits that is ours, from 0.1 to 1. */
  share(now: number): number;
  /** A call was throttled that began at `startedAt`; those of one wave count once. */
  throttled(now: number, startedAt: number): void;
}

export function groupIdOf({ id, account, model }: ApiKeyConfig): string {
  return account ? `${account.id}/${model}` : `key:${id}`;
}

export function createQuotaGroup(key: ApiKeyConfig, scheduler: SchedulerConfig): QuotaGroup {
  let share = 1;
  let throttledAt = Number.NEGATIVE_INFINITY;
  const usage = createMinuteUsage();
  const shareNow = (now: number) => Math.min(1, share + (moreAMinute * (now - throttledAt)) / 60_000);
  const group: QuotaGroup = {
    id: groupIdOf(key),
    limits: limitsOfGroup(key),
    standing: createStanding(scheduler.healthCheck.failureThreshold),
    slowStart: createSlowStart(() => perSecond(group.limits)),
    concurrency: createConcurrency(() =>
      Math.min(group.limits.concurrency ?? Number.POSITIVE_INFINITY, scheduler.maxConcurrentTasks),
    ),
    latencies: createLatencies(),
    reserving: createReserving(),
    fullUntil: 0,
    inFlight: 0,
    used: usage.add,
    usedMinute: usage.lastMinute,
    share: shareNow,
    throttled(now, startedAt) {
      if (startedAt < throttledAt) return;
      share = Math.max(leastShare, shareNow(now) * lessAfterThrottle);
      throttledAt = now;
    },
  };
  return group;
}

/** As configured: the account's where there is one, else the key's own. */
export function limitsOfGroup({ account, limits }: ApiKeyConfig): QuotaLimits {
  return account?.limits ?? limits;
}

function perSecond({ qps = Number.POSITIVE_INFINITY, rpm = Number.POSITIVE_INFINITY }: QuotaLimits) {
  const most = Math.min(qps, rpm / 60);
  return Number.isFinite(most) ? most : undefined;
}
