import type { QuotaLimit, QuotaRequest } from "./store.ts";

/** One granted call. */
export interface CountedCall {
  /** ms. */
  at: number;
  tokens: number;
}

/** The calls that count, the oldest first; not an array of objects where a window is kept as bare numbers. */
export interface CountedCalls {
  readonly length: number;
  /** ms. */
  timeOf(index: number): number;
  tokensOf(index: number): number;
}

export function callsOf(calls: readonly CountedCall[]): CountedCalls {
  return {
    length: calls.length,
    timeOf: (index) => calls[index]!.at,
    tokensOf: (index) => calls[index]!.tokens,
  };
}

/** Where all slots are taken nobody knows when one is free: it is asked again after this. */
export const slotAgainMs = 50;

export function unitsOf({ unit }: QuotaLimit, { tokens }: Pick<CountedCall, "tokens">): number {
  return unit === "requests" ? 1 : tokens;
}

/** ms until a call has room under all its limits and a slot; 0 if it has. `open`: calls that hold a slot. */
export function roomForCallMs(
  { limits, slots, tokens = 0 }: QuotaRequest,
  held: CountedCalls,
  open: number,
  now: number,
): number {
  const waits = limits.map((limit) => roomInMs(limit, held, tokens, now));
  return Math.max(0, ...waits, slots && open >= slots.limit ? slotAgainMs : 0);
}

/** What leaks out of a bucket counts this much later, ms: the way to the provider varies. */
export const bucketGuardMs = 50;

/**
 * ms until the limit's sliding window has room for one more call; 0 if it has. A call larger than the limit waits
 * for all of it.
 */
export function roomInMs(limit: QuotaLimit, held: CountedCalls, tokens: number, now: number): number {
  if (limit.unit === "token_bucket") return roomInBucketMs(limit, held, tokens, now);
  const unitsAt = (index: number) => (limit.unit === "requests" ? 1 : held.tokensOf(index));
  const first = firstAfter(held, now - limit.windowMs);
  let excess = -limit.limit + Math.min(unitsOf(limit, { tokens }), limit.limit);
  for (let index = first; index < held.length; index++) excess += unitsAt(index);
  for (let index = first; index < held.length; index++) {
    if (excess <= 0) return 0;
    excess -= unitsAt(index);
    if (excess <= 0) return held.timeOf(index) + limit.windowMs - now;
  }
  return 0;
}

/** Binary search. */
function firstAfter(held: CountedCalls, time: number): number {
  let [low, high] = [0, held.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (held.timeOf(middle) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Source: the leaky bucket as a meter, ITU-T I.371. */
function roomInBucketMs(
  { limit, windowMs }: QuotaLimit,
  held: CountedCalls,
  tokens: number,
  now: number,
): number {
  const perMs = limit / windowMs;
  let level = 0;
  let at = 0;
  for (let index = 0; index < held.length; index++) {
    level = Math.max(0, level - (held.timeOf(index) - at) * perMs) + held.tokensOf(index);
    at = held.timeOf(index);
  }
  const leaked = Math.max(0, now - at - bucketGuardMs) * perMs;
  return Math.max(0, (Math.max(0, level - leaked) + tokens - Math.max(limit, tokens)) / perMs);
}
