import { percentiles } from "../../report/percentiles.ts";

const least = 4;
const first = 32;
const decrease = 0.7;
/** Answers looked at together. */
const window = 32;
/** The median of a window above so many times the usual one: calls queue at the provider. */
const slower = 2;
/** The usual median follows slowly when the provider has become slower for good. */
const drift = 1.02;

/** How many calls of a group may be open, as its latency and its errors say. */
export interface Concurrency {
  allowed(): number;
  /** A call that began at `startedAt` was answered; `open`: how many were. */
  answered(latencyMs: number, startedAt: number, open: number): void;
  /** A call that began at `startedAt` met an error that speaks of too much load. */
  congested(now: number, startedAt: number): void;
}

/**
 * Doubles every round trip until the first sign of congestion, from there one more a round trip; three tenths less
 * at each sign, once a round trip. Source: additive increase, multiplicative decrease, Chiu and Jain 1989; slow start
 * as in RFC 5681 §3.1.
 *
 * @param most how many the configuration allows; it may be read again
 */
export function createConcurrency(most: () => number): Concurrency {
  let allowed = first;
  let threshold = Number.POSITIVE_INFINITY;
  let decreasedAt = Number.NEGATIVE_INFINITY;
  let usual = Number.POSITIVE_INFINITY;
  let recent: number[] = [];

  const bounded = () => Math.min(allowed, most());

  function shrink(now: number): void {
    threshold = Math.max(Math.min(least, most()), bounded() * decrease);
    allowed = threshold;
    decreasedAt = now;
  }

  return {
    allowed: () => Math.floor(bounded()),
    answered(latencyMs, startedAt, open) {
      const before = bounded();
      if (open >= before / 2) allowed = before + (before < threshold ? 1 : 1 / before);
      recent.push(latencyMs);
      if (recent.length < window) return;
      const median = percentiles(recent).p50!;
      recent = [];
      usual = Math.min(usual * drift, median);
      if (median > slower * usual && startedAt > decreasedAt) shrink(startedAt + latencyMs);
    },
    congested(now, startedAt) {
      if (startedAt > decreasedAt) shrink(now);
    },
  };
}
