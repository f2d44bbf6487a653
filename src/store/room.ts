import type { QuotaLimit } from "./store.ts";

/** One granted call. */
export interface CountedCall {
  /** ms. */
  at: number;
  tokens: number;
}

/** Where all slots are taken nobody knows when one is free: it is asked again after this. */
export const slotAgainMs = 50;

export function costOf({ unit }: QuotaLimit, { tokens }: Pick<CountedCall, "tokens">): number {
  return unit === "requests" ? 1 : tokens;
}

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
  const within = held.filter(({ at }) => at > now - limit.windowMs);
  let excess = -limit.limit + Math.min(costOf(limit, { tokens }), limit.limit);
  for (const call of within) excess += costOf(limit, call);
  for (const call of within) {
    if (excess <= 0) return 0;
    excess -= costOf(limit, call);
    if (excess <= 0) return call.at + limit.windowMs - now;
  }
  return 0;
}
