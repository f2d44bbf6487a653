import { type AcknowledgedOffsets, decodeOffsets, encodeOffsets, maxSpan } from "./acknowledged-offsets.ts";

/**
 * What has become of the messages of one topic's partition in one assignment epoch.
 *
 *   offset:  unread -> in flight -> done       done at once: restored as acknowledged, or passed over
 *                       |      ^
 *                       v      |
 *                      abandoned               not done, and awaited by nobody
 *
 * Committed are the watermark, below which all is done, and the offsets done above it, as text: a restart
 * repeats what was in flight and nothing else.
 */
export interface Tracker {
  /** The offset to be read next; handOut and passOver move it on. */
  position(): number;
  /** Marks the offset as in flight; offsets come in ascending order, but for those reclaimed. */
  handOut(offset: number): void;
  /** Goes on behind the offset without handing it out: it was acknowledged before, or is no longer there. */
  passOver(offset: number): void;
  /** False when the offset was not in flight. */
  acknowledge(offset: number): boolean;
  /** False when the offset was not in flight. */
  abandon(offset: number): boolean;
  /** Goes back to what was abandoned, to hand it out again. */
  reclaim(): void;
  /** True when the offset is neither done nor in flight. */
  isOpen(offset: number): boolean;
  watermark(): number;
  /** The offsets done above the watermark: at most 4,000 characters. */
  acknowledged(): string;
  /** True when no more may be handed out before the watermark moves: the text would grow too long. */
  full(): boolean;
  inFlight(): number;
}

export interface Committed {
  watermark: number;
  acknowledged: string;
}

export function createTracker(committed: Committed): Tracker {
  const restored: AcknowledgedOffsets = decodeOffsets(committed.watermark, committed.acknowledged);
  /**
   * Those handed out and not done. First handed out in ascending order, and a change of state keeps the place: the
   * first is the smallest.
   */
  const undone = new Map<number, "in flight" | "abandoned">();
  let inFlight = 0;
  let position = committed.watermark;
  /** Where position was at most: below it, what is not undone is done. */
  let furthest = position;

  function moveTo(next: number): void {
    position = Math.max(position, next);
    furthest = Math.max(furthest, position);
  }

  function takeFromFlight(offset: number): boolean {
    if (undone.get(offset) !== "in flight") return false;
    inFlight -= 1;
    return true;
  }

  function watermark(): number {
    for (const offset of undone.keys()) return offset;
    let next = furthest;
    while (restored.has(next)) next += 1;
    return next;
  }

  const isDone = (offset: number): boolean =>
    offset < furthest ? !undone.has(offset) : restored.has(offset);

  return {
    position: () => position,
    handOut(offset) {
      undone.set(offset, "in flight");
      inFlight += 1;
      moveTo(offset + 1);
    },
    passOver: (offset) => moveTo(offset + 1),
    acknowledge: (offset) => takeFromFlight(offset) && undone.delete(offset),
    abandon(offset) {
      if (!takeFromFlight(offset)) return false;
      undone.set(offset, "abandoned");
      return true;
    },
    reclaim() {
      for (const [offset, state] of undone) if (state === "abandoned") position = Math.min(position, offset);
    },
    isOpen: (offset) => !isDone(offset) && undone.get(offset) !== "in flight",
    watermark,
    acknowledged() {
      const from = watermark();
      return encodeOffsets(from, Math.max(furthest, restored.end), isDone);
    },
    full: () => position - watermark() >= maxSpan,
    inFlight: () => inFlight,
  };
}
