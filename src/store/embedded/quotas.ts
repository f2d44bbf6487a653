import type { RootDatabase } from "lmdb";
import { type CountedCall, roomInMs } from "../room.ts";
import type { QuotaGrant, QuotaRequest } from "../store.ts";

interface Reservation extends CountedCall {
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
