import type { RootDatabase } from "lmdb";
import { roomForCallMs } from "../room.ts";
import type { QuotaGrant, QuotaRequest } from "../store.ts";
import { createWindow } from "./window.ts";

/**
 * Sliding windows: a call is granted while every limit's window holds less than its limit. The reservations
 * themselves are kept, so that a window is exact whoever asks and whenever. All of it within write transactions.
 */
export function createQuotas(root: RootDatabase) {
  const groups = root.openDB<Buffer, string>({ name: "reservations", encoding: "binary" });
  /** One for all groups: a window of a thousand calls is read and written for each of them. */
  const window = createWindow();

  const read = (group: string): void => window.read(groups.getBinaryFast(group));
  const keep = (group: string): void => void groups.put(group, window.bytes());

  /** What becomes of one reservation; one that has left the windows is no longer there. */
  function change(group: string, id: string, to: (index: number) => void): void {
    read(group);
    const index = window.find(Number(id));
    if (index < 0) return;
    to(index);
    keep(group);
  }

  return {
    reserve(request: QuotaRequest, now: number): QuotaGrant {
      const { group, limits, slots, tokens = 0 } = request;
      const longest = Math.max(0, ...limits.map(({ windowMs }) => windowMs));
      read(group);
      // A clock that was set back leaves calls in the future: they count from now on.
      const isAhead = window.bringBack(now);
      window.forget(now - longest, now);
      const retryAfterMs = roomForCallMs(request, window, window.open(now), now);
      if (retryAfterMs > 0) {
        if (isAhead) keep(group);
        return { granted: false, retryAfterMs };
      }
      const id = Math.max(window.latestId(), now * 1000) + 1;
      window.add({ at: now, tokens, id, openUntil: slots ? now + slots.ttlMs : 0 });
      keep(group);
      return { granted: true, id: String(id) };
    },
    giveBack: (group: string, id: string) => change(group, id, window.remove),
    countFromNow: (group: string, id: string, now: number) =>
      change(group, id, (index) => window.add({ ...window.remove(index), at: now })),
    endCall: (group: string, id: string, tokens?: number) =>
      change(group, id, (index) => window.end(index, tokens)),
  };
}
