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

  /** A clock that was set back leaves calls in the future: they count from now on. */
  function heldOf(group: string, now: number): Reservation[] {
    const held = groups.get(group) ?? [];
    if (held.every(({ at }) => at <= now)) return held;
    const counted = held.map((one) => ({ ...one, at: Math.min(one.at, now) }));
    groups.put(group, counted);
    return counted;
  }

  return {
    reserve(request: QuotaRequest, now: number): QuotaGrant {
      const { group, limits, slots, tokens = 0 } = request;
      const longest = Math.max(0, ...limits.map(({ windowMs }) => windowMs));
      const held = heldOf(group, now).filter(({ at, openUntil }) => at > now - longest || openUntil > now);
      const open = held.filter(({ openUntil }) => openUntil > now).length;
      const retryAfterMs = roomForCallMs(request, held, open, now);
      if (retryAfterMs > 0) return { granted: false, retryAfterMs };

      const id = held.reduce((most, one) => Math.max(most, one.id), now * 1000) + 1;
      groups.put(group, [...held, { at: now, tokens, id, openUntil: slots ? now + slots.ttlMs : 0 }]);
      return { granted: true, id: String(id) };
    },
    giveBack: (group: string, id: string) => change(group, id, () => []),
    countFromNow(group: string, id: string, now: number): void {
      const held = groups.get(group) ?? [];
      const isLate = (one: Reservation) => String(one.id) === id;
      const late = held.filter(isLate).map((one) => ({ ...one, at: now }));
      groups.put(group, [...held.filter((one) => !isLate(one)), ...late]);
    },
    endCall: (group: string, id: string, tokens?: number) =>
      change(group, id, (one) => [{ ...one, tokens: tokens ?? one.tokens, openUntil: 0 }]),
  };
}
