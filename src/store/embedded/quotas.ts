import type { RootDatabase } from "lmdb";
import { type CountedCall, roomForCallMs } from "../room.ts";
import type { QuotaGrant, QuotaRequest } from "../store.ts";

interface Reservation extends CountedCall {
  id: number;
  /** Its slot is taken until then; 0 without one. */
  openUntil: number;
}

/**
 * Sliding windows: a call is granted while every limit's window holds less than its limit. The reservations
 * themselves are kept, so that a window is exact whoever asks and whenever.
 */
export function createQuotas(root: RootDatabase) {
  const groups = root.openDB<Reservation[], string>({ name: "quotas" });

  function change(group: string, id: string, to: (reservation: Reservation) => Reservation[]): void {
    const held = groups.get(group) ?? [];
    groups.put(
      group,
      held.flatMap((one) => (String(one.id) === id ? to(one) : [one])),
    );
  }

  return {
    reserve(request: QuotaRequest, now: number): QuotaGrant {
      const { group, limits, slots, tokens = 0 } = request;
      const longest = Math.max(0, ...limits.map(({ windowMs }) => windowMs));
      const held = (groups.get(group) ?? []).filter(
        ({ at, openUntil }) => at > now - longest || openUntil > now,
      );
      const open = held.filter(({ openUntil }) => openUntil > now).length;
      const retryAfterMs = roomForCallMs(request, held, open, now);
      if (retryAfterMs > 0) return { granted: false, retryAfterMs };

      const id = Math.max(now * 1000, ...held.map((one) => one.id)) + 1;
      groups.put(group, [...held, { at: now, tokens, id, openUntil: slots ? now + slots.ttlMs : 0 }]);
      return { granted: true, id: String(id) };
    },
    giveBack: (group: string, id: string) => change(group, id, () => []),
    countFromNow(group: string, id: string, now: number): void {
      change(group, id, (one) => [{ ...one, at: now }]);
      groups.put(
        group,
        (groups.get(group) ?? []).sort((one, other) => one.at - other.at),
      );
    },
    endCall: (group: string, id: string, tokens?: number) =>
      change(group, id, (one) => [{ ...one, tokens: tokens ?? one.tokens, openUntil: 0 }]),
  };
}
