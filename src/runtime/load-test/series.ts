import type { Observations } from "../report/observations.ts";
import { percentiles } from "../report/percentiles.ts";
import type { Sample } from "./samples.ts";

/** How a run went, second by second; null where there is nothing to tell. */
export interface Series {
  /** Since the load began, s. */
  seconds: number[];
  /** A second. */
  wanted: number[];
  pushed: number[];
  /** Of the frames that were to be sent in that second, ms. */
  p50: (number | null)[];
  p95: (number | null)[];
  /** Tasks without a result. */
  open: number[];
  lag: number[];
}

/** @param startedAt of the load, epoch ms in the store's clock */
export function seriesOf(samples: readonly Sample[], seen: Observations, startedAt: number): Series {
  const latencies = latenciesBySecond(seen, startedAt);
  const ofSecond = (index: number) => percentiles(latencies.get(index) ?? []);
  const pushed = samples.map((sample, index) => {
    const before = samples[index - 1] ?? { atMs: 0, pushed: 0 };
    return ((sample.pushed - before.pushed) * 1000) / (sample.atMs - before.atMs);
  });
  return {
    seconds: samples.map(({ atMs }) => atMs / 1000),
    wanted: samples.map(({ rate }) => rate),
    pushed,
    p50: samples.map((_, index) => ofSecond(index).p50),
    p95: samples.map((_, index) => ofSecond(index).p95),
    open: samples.map(({ sent, results }) => Math.max(0, sent - results)),
    lag: samples.map(({ lag }) => lag),
  };
}

/** End-to-end latencies by the second the frame was to be sent in. */
function latenciesBySecond(seen: Observations, startedAt: number): Map<number, number[]> {
  const bySecond = new Map<number, number[]>();
  for (const [taskId, { at }] of seen.pushed) {
    const capturedAt = seen.results.get(taskId)?.trace.capturedAt;
    if (at === undefined || capturedAt === undefined) continue;
    const second = Math.floor((capturedAt - startedAt) / 1000);
    const latencies = bySecond.get(second) ?? [];
    latencies.push(at - capturedAt);
    bySecond.set(second, latencies);
  }
  return bySecond;
}
