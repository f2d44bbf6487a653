import { type AcknowledgedOffsets, decodeOffsets, encodeOffsets, maxSpan } from "./acknowledged-offsets.ts";

/**
 * What has become of the messages of one topic's partition in one assignment epoch.
 *
 *   offset:  unread -> in flight -> done       done at once: restored as acknowledged, or passed over
 *
 * Committed are the watermark, below which all is done, and the offsets done above it, as text: a restart
 * repeats what was in flight and nothing else.
 */
export interface Tracker {
  /** The offset to be read next; handOut and passOver move it on. */
  position(): number;
  /** Marks the offset as in flight; offsets come in ascending order. */
  handOut(offset: number): void;
  /** Goes on behind the offset without handing it out: it was acknowledged before, or is no longer there. */
  passOver(offset: number): void;
  /** False when the offset was not in flight. */
  acknowledge(offset: number): boolean;
  isDone(offset: number): boolean;
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
  // Handed out in ascending order, so its first element is its smallest.
  const inFlight = new Set<number>();
  let position = committed.watermark;

  function watermark(): number {
    for (const offset of inFlight) return offset;
    let next = position;
    while (restored.has(next)) next += 1;
    return next;
  }

  const isDone = (offset: number): boolean =>
    offset < position ? !inFlight.has(offset) : restored.has(offset);

  return {
    position: () => position,
    handOut(offset) {
      inFlight.add(offset);
      position = offset + 1;
    },
    passOver(offset) {
      position = Math.max(position, offset + 1);
    },
    acknowledge: (offset) => inFlight.delete(offset),
    isDone,
    watermark,
    acknowledged() {
      const from = watermark();
      return encodeOffsets(from, Math.max(position, restored.end), isDone);
    },
    full: () => position - watermark() >= maxSpan,
    inFlight: () => inFlight.size,
  };
}
