import type { UnreadGap } from "./bus.ts";
import type { Committed, Tracker } from "./tracker.ts";

/** One partition of the group as a member holds it, through one epoch. */
export interface HeldPartition {
  readonly partition: number;
  readonly epoch: number;
  /** Another member waits for it: nothing more is delivered. */
  draining: boolean;
  owned: boolean;
  /** One a topic. */
  readonly slots: readonly Slot[];
}

/** One topic's partition as a member holds it. */
export interface Slot {
  readonly topic: string;
  readonly partition: number;
  readonly tracker: Tracker;
  /** Something is acknowledged that is not committed. */
  dirty: boolean;
}

/** Moves the tracker to the log's start when that is past its position. */
export function skipRemoved(
  topic: string,
  partition: number,
  tracker: Tracker,
  start: number,
): UnreadGap | undefined {
  const from = tracker.position();
  if (start <= from) return undefined;
  tracker.passOver(start - 1);
  return { topic, partition, from, to: start };
}

export function countInFlight(held: Iterable<HeldPartition>): number {
  let count = 0;
  for (const { slots } of held) for (const { tracker } of slots) count += tracker.inFlight();
  return count;
}

export interface TopicCommit extends Committed {
  topic: string;
}

/** What was acknowledged since the last time. */
export function takeCommits({ slots }: HeldPartition): TopicCommit[] {
  return slots
    .filter((slot) => slot.dirty)
    .map((slot) => {
      slot.dirty = false;
      const { topic, tracker } = slot;
      return { topic, watermark: tracker.watermark(), acknowledged: tracker.acknowledged() };
    });
}
