import type { QuotaLimit, QuotaRequest } from "./store.ts";

/** One granted call. */
export interface CountedCall {
  /** ms. */
  at: number;
  tokens: number;
}

/** Where all slots are taken nobody knows when one is free: it is asked again after this. */
export const slotAgainMs = 50;

export function unitsOf({ unit }: QuotaLimit, { tokens }: Pick<CountedCall, "tokens">): number {
  return unit === "requests" ? 1 : tokens;
}

/** ms until a call has room under all its limits and a slot; 0 if it has. `open`: calls that hold a slot. */
export function roomForCallMs(
  { limits, slots, tokens = 0 }: QuotaRequest,
  held: readonly CountedCall[],
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
 * for all of it. `held`: the calls that count, the oldest first.
 */
export function roomInMs(
  limit: QuotaLimit,
  held: readonly CountedCall[],
  tokens: number,
  now: number,
): number {
  if (limit.unit === "token_bucket") return roomInBucketMs(limit, held, tokens, now);
  const within = held.filter(({ at }) => at > now - limit.windowMs);
  let excess = -limit.limit + Math.min(unitsOf(limit, { tokens }), limit.limit);
  for (const call of within) excess += unitsOf(limit, call);
  for (const call of within) {
    if (excess <= 0) return 0;
    excess -= unitsOf(limit, call);
    if (excess <= 0) return call.at + limit.windowMs - now;
  }
  return 0;
}

/** Source: the leaky bucket as a meter, ITU-T I.371. */
function roomInBucketMs(
  { limit, windowMs }: QuotaLimit,
  held: readonly CountedCall[],
  tokens: number,
  now: number,
): number {
  const perMs = limit / windowMs;
  let level = 0;
  let at = 0;
  for (const call of held) {
    level = Math.max(0, level - (call.at - at) * perMs) + call.tokens;
    at = call.at;
  }
  const leaked = Math.max(0, now - at - bucketGuardMs) * perMs;
  return Math.max(0, (Math.max(0, level - leaked) + tokens - Math.max(limit, tokens)) / perMs);
}
