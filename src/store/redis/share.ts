import { type CountedCall, callsOf, roomInMs, unitsOf } from "../room.ts";
import type { QuotaLimit, Share } from "../store.ts";

export interface OwnWindow {
  /** Its quota group. */
  group: string;
  /** This replica's own calls of the last two windows, the oldest first. */
  calls: readonly CountedCall[];
  /** Since when it goes by its share, ms by the clock of the calls. */
  since: number;
}

/** Asked again after this where no moment is known at which there will be room. */
const askAgainMs = 250;

/**
 * ms until a replica that cannot ask the others may make one more call; 0 if it may.
 *
 * It may use its share of the limit. In the first window it does not know what the others sent in the one before,
 * only that all of them together kept to the limit: so it sends no more than it had sent itself.
 */
export function roomInShareMs(limit: QuotaLimit, own: OwnWindow, tokens: number, share: Share, now: number) {
  const { group, calls, since } = own;
  const { windowMs } = limit;
  const part = partOf(limit.limit, share, group);
  const isFirst = now < since + windowMs;
  const earlier = calls.filter(({ at }) => at > since - windowMs && at <= since);
  const sent = earlier.reduce((sum, call) => sum + unitsOf(limit, call), 0);
  const most = isFirst ? Math.min(part, sent) : part;
  if (most === 0 || (limit.unit !== "token_bucket" && unitsOf(limit, { tokens }) > most))
    return isFirst ? since + windowMs - now : askAgainMs;
  return roomInMs({ ...limit, limit: most }, callsOf(calls), tokens, now);
}

/**
 * How much of a limit falls to a share, in whole units: those of all replicas make up the limit and not one more.
 * Where there are fewer units than partitions, the group says which partitions go without. The script has the same
 * formula (scripts.ts).
 */
export function partOf(limit: number, { partitions, of }: Share, group: string): number {
  const turn = turnOf(group);
  return partitions.reduce((units, partition) => {
    const n = (partition + turn) % of;
    return units + Math.ceil(((n + 1) * limit) / of) - Math.ceil((n * limit) / of);
  }, 0);
}

/** A number from the group's name. */
export function turnOf(group: string): number {
  return [...Buffer.from(group)].reduce((sum, byte) => sum + byte, 0);
}
