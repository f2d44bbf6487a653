import type { UnreadGap } from "../bus.ts";
import { createTracker, type Tracker } from "../tracker.ts";
import type { Log } from "./log.ts";
import type { TopicCommit } from "./membership.ts";
import type { Tables } from "./tables.ts";

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

/** Takes a partition up where the group committed; what retention removed unread is told to `unread`. */
export function holdPartition(
  parts: { tables: Tables; log: Log; group: string; topics: readonly string[] },
  partition: number,
  epoch: number,
): { held: HeldPartition; gaps: UnreadGap[] } {
  const gaps: UnreadGap[] = [];
  const slots = parts.topics.map((topic): Slot => {
    const { start } = parts.log.partition(topic, partition);
    const committed = parts.tables.offsets.get([parts.group, topic, partition]);
    const tracker = createTracker(committed ?? { watermark: start, acknowledged: "" });
    const gap = skipRemoved(topic, partition, tracker, start);
    if (gap !== undefined) gaps.push(gap);
    return { topic, partition, tracker, dirty: gap !== undefined };
  });
  return { held: { partition, epoch, draining: false, owned: true, slots }, gaps };
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
