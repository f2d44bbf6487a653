import type { Observations } from "../report/observations.ts";
import { percentiles } from "../report/percentiles.ts";
import type { Sample } from "./samples.ts";

/** How a run went, sample by sample; null where there is nothing to tell. */
export interface Series {
  /** Since the load began, s. */
  seconds: number[];
  /** A second. */
  wanted: number[];
  sent: number[];
  pushed: number[];
  /** Of the frames that were due in that time, ms. */
  p50: (number | null)[];
  p95: (number | null)[];
  /** Tasks without a result. */
  open: number[];
  lag: number[];
}

/** @param startedAt of the load, epoch ms in the store's clock */
export function seriesOf(samples: readonly Sample[], seen: Observations, startedAt: number): Series {
  const pairs = samples.map((sample, index) => ({
    sample,
    before: samples[index - 1] ?? { atMs: 0, sent: 0, pushed: 0 },
  }));
  const perSecond = (of: "sent" | "pushed") =>
    pairs.map(({ sample, before }) => ((sample[of] - before[of]) * 1000) / (sample.atMs - before.atMs));
  const waits = waitsOf(seen, startedAt);
  let next = 0;
  const latencies = samples.map(({ atMs }) => {
    const first = next;
    while (next < waits.length && waits[next]!.dueMs < atMs) next += 1;
    return percentiles(waits.slice(first, next).map(({ ms }) => ms));
  });
  return {
    seconds: samples.map(({ atMs }) => atMs / 1000),
    wanted: samples.map(({ rate }) => rate),
    sent: perSecond("sent"),
    pushed: perSecond("pushed"),
    p50: latencies.map(({ p50 }) => p50),
    p95: latencies.map(({ p95 }) => p95),
    open: samples.map(({ open }) => open),
    lag: samples.map(({ lag }) => lag),
  };
}

/** End-to-end latencies in the order in which the frames were due. */
function waitsOf(seen: Observations, startedAt: number): { dueMs: number; ms: number }[] {
  const waits = [...seen.pushed].flatMap(([taskId, { at }]) => {
    const capturedAt = seen.results.get(taskId)?.trace.capturedAt;
    if (at === undefined || capturedAt === undefined) return [];
    return [{ dueMs: capturedAt - startedAt, ms: at - capturedAt }];
  });
  return waits.sort((a, b) => a.dueMs - b.dueMs);
}
