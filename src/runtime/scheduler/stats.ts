import type { Budget } from "./budget.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { KeyPool } from "./keys/pool.ts";
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
    keys: pool.keys.map((key) => {
      const { p50, p95 } = key.latencies.percentiles();
      const state = pool.stateOf(key);
      const wait = pool.waitMs(key);
      return {
        id: key.config.id,
        key: key.config.key.masked(),
        model: key.config.model,
        state,
        inFlight: key.inFlight(),
        calls: key.calls,
        failures: key.failures,
        usableAt: wait > 0 && Number.isFinite(wait) ? new Date(now + wait).toISOString() : null,
        latencyMs: { p50, p95 },
      };
    }),
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
