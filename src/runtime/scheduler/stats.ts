import type { KeyUse } from "../key-use.ts";
import type { Budget } from "./budget.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { KeyState } from "./keys/key-state.ts";
import type { KeyPool } from "./keys/pool.ts";
import type { QuotaGroup } from "./keys/quota-group.ts";
import type { SchedulerMeters } from "./meters.ts";
import type { TaskQueue } from "./queue.ts";

/** What /api/scheduler/stats says; `now` is epoch ms. */
export function schedulerStats(
  { meters, queue, pool, dispatcher, budget }: SchedulerParts,
  { now, simulatedVlm }: { now: number; simulatedVlm: boolean },
): Record<string, unknown> {
  return {
    ...schedulerSummary({ meters, queue, dispatcher }),
    waitingBytes: queue.bytes(),
    simulatedVlm,
    budget: budget.stats(),
    keys: pool.keys().map((key) => keyStats(key, pool, now)),
    groups: pool.groups().map((group) => groupStats(group, pool, now)),
  };
}

function keyStats(key: KeyState, pool: KeyPool, now: number): Omit<KeyUse, "requests" | "tokens"> {
  const { config, group, totals } = key;
  const { state, reason = null, code: reasonCode = null } = pool.healthOf(key);
  const { p50, p95 } = key.latencies.percentiles();
  const wait = pool.waitMs(key);
  return {
    id: config.id,
    key: config.key.masked(),
    account: config.account?.id ?? null,
    group: group.id,
    model: config.model,
    state,
    reason,
    reasonCode,
    usableAt: wait > 0 && Number.isFinite(wait) ? new Date(now + wait).toISOString() : null,
    order: key.order === "use" ? null : key.order,
    inFlight: key.inFlight(),
    ...totals,
    latencyMs: { p50, p95 },
  };
}

function groupStats(group: QuotaGroup, pool: KeyPool, now: number) {
  const { limits, standing } = group;
  const at = performance.now();
  const wait = standing.waitMs(at);
  const used = group.usedMinute(at);
  return {
    id: group.id,
    state: standing.state(at),
    reason: standing.reason()?.message ?? null,
    usableAt: wait > 0 && Number.isFinite(wait) ? new Date(now + wait).toISOString() : null,
    keys: pool
      .keys()
      .filter((key) => key.group === group)
      .map((key) => key.config.id),
    inFlight: group.inFlight,
    concurrency: { limit: limits.concurrency ?? null, allowed: group.concurrency.allowed() },
    share: group.share(at),
    requests: { usedMinute: used.requests, limitMinute: limits.rpm ?? null },
    tokens: { usedMinute: used.tokens, limitMinute: limits.tpm ?? null },
  };
}

export interface SchedulerParts {
  meters: SchedulerMeters;
  queue: TaskQueue;
  pool: KeyPool;
  dispatcher: Pick<Dispatcher, "open">;
  budget: Pick<Budget, "stats">;
}

/** The figures of the summary line. */
export function schedulerSummary({ meters, queue, dispatcher }: Omit<SchedulerParts, "pool" | "budget">) {
  return { ...meters.totals(), waiting: queue.size(), open: dispatcher.open() };
}
