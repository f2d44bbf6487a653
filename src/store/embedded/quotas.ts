import type { RootDatabase } from "lmdb";
import type { QuotaGrant, QuotaLimit, QuotaRequest } from "../store.ts";

/** One granted call. */
interface Reservation {
  /** Epoch ms. */
  at: number;
  tokens: number;
  id: number;
}

/**
 * Sliding windows: a call is granted while every limit's window holds less than its limit. The reservations
 * themselves are kept, so that a window is exact whoever asks and whenever.
 */
export function createQuotas(root: RootDatabase) {
  const groups = root.openDB<Reservation[], string>({ name: "quotas" });

  return {
    reserve({ group, limits, tokens = 0 }: QuotaRequest, now: number): QuotaGrant {
      const longest = Math.max(0, ...limits.map(({ windowMs }) => windowMs));
      const held = (groups.get(group) ?? []).filter(({ at }) => at > now - longest);
      const waits = limits.map((limit) => roomInMs(limit, held, tokens, now));
      const retryAfterMs = Math.max(0, ...waits);
      if (retryAfterMs > 0) return { granted: false, retryAfterMs };

      const id = (held.at(-1)?.id ?? now * 1000) + 1;
      groups.put(group, [...held, { at: now, tokens, id }]);
      return { granted: true, id: String(id) };
    },
    giveBack(group: string, id: string): void {
      const held = groups.get(group) ?? [];
      groups.put(
        group,
        held.filter((reservation) => String(reservation.id) !== id),
      );
    },
  };
}

/** ms until the limit has room for one more call; 0 if it has. A call larger than the limit waits for all of it. */
function roomInMs(
  { unit, limit, windowMs }: QuotaLimit,
  held: readonly Reservation[],
  tokens: number,
  now: number,
): number {
  const cost = (call: { tokens: number }) => (unit === "requests" ? 1 : call.tokens);
  const within = held.filter(({ at }) => at > now - windowMs);
  let excess = within.reduce((sum, call) => sum + cost(call), 0) + Math.min(cost({ tokens }), limit) - limit;
  for (const reservation of within) {
    if (excess <= 0) return 0;
    excess -= cost(reservation);
    if (excess <= 0) return reservation.at + windowMs - now;
  }
  return 0;
}
