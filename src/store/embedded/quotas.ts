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
  const groups = root.openDB<Buffer, string>({ name: "reservations", encoding: "binary" });

  const heldBy = (group: string): Reservation[] => decode(groups.get(group));
  const keep = (group: string, held: readonly Reservation[]): void => void groups.put(group, encode(held));

  /** A clock that was set back leaves calls in the future: they count from now on. */
  function countedBy(group: string, now: number): Reservation[] {
    const held = heldBy(group);
    const future = held.filter(({ at }) => at > now);
    for (const one of future) one.at = now;
    if (future.length > 0) keep(group, held);
    return held;
  }

  /** What becomes of one reservation; one that has left the windows is no longer there. */
  function change(group: string, id: string, to: (held: Reservation[], index: number) => void): void {
    const held = heldBy(group);
    const wanted = Number(id);
    const index = held.findIndex((one) => one.id === wanted);
    if (index < 0) return;
    to(held, index);
    keep(group, held);
  }

  return {
    reserve(request: QuotaRequest, now: number): QuotaGrant {
      const { group, limits, slots, tokens = 0 } = request;
      const longest = Math.max(0, ...limits.map(({ windowMs }) => windowMs));
      const held = countedBy(group, now).filter(({ at, openUntil }) => at > now - longest || openUntil > now);
      const open = held.filter(({ openUntil }) => openUntil > now).length;
      const retryAfterMs = roomForCallMs(request, held, open, now);
      if (retryAfterMs > 0) return { granted: false, retryAfterMs };

      const id = held.reduce((most, one) => Math.max(most, one.id), now * 1000) + 1;
      keep(group, [...held, { at: now, tokens, id, openUntil: slots ? now + slots.ttlMs : 0 }]);
      return { granted: true, id: String(id) };
    },
    giveBack: (group: string, id: string) => change(group, id, (held, index) => held.splice(index, 1)),
    countFromNow: (group: string, id: string, now: number) =>
      change(group, id, (held, index) => {
        const [late] = held.splice(index, 1);
        held.push({ ...late!, at: now });
      }),
    endCall: (group: string, id: string, tokens?: number) =>
      change(group, id, (held, index) => {
        const ended = held[index]!;
        ended.tokens = tokens ?? ended.tokens;
        ended.openUntil = 0;
      }),
  };
}

/** As bare numbers, four to a reservation: a window holds hundreds, and every call reads and writes it three times. */
const width = 4;

function encode(held: readonly Reservation[]): Buffer {
  const numbers = new Float64Array(width * held.length);
  let place = 0;
  for (const { at, tokens, id, openUntil } of held) {
    numbers[place++] = at;
    numbers[place++] = tokens;
    numbers[place++] = id;
    numbers[place++] = openUntil;
  }
  return Buffer.from(numbers.buffer);
}

function decode(bytes: Buffer | undefined): Reservation[] {
  if (!bytes) return [];
  // In memory of its own, where numbers are aligned.
  const numbers = new Float64Array(new Uint8Array(bytes).buffer);
  return Array.from({ length: numbers.length / width }, (_, index) => {
    const place = width * index;
    return {
      at: numbers[place]!,
      tokens: numbers[place + 1]!,
      id: numbers[place + 2]!,
      openUntil: numbers[place + 3]!,
    };
  });
}
