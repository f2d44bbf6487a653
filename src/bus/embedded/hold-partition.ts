import type { UnreadGap } from "../bus.ts";
import { type HeldPartition, type Slot, skipRemoved } from "../held-partitions.ts";
import { createTracker } from "../tracker.ts";
import type { Log } from "./log.ts";
import type { Tables } from "./tables.ts";

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
