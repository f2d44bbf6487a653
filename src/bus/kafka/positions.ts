import type { Admin } from "kafkajs";
import type { PartitionOffsets, UnreadGap } from "../bus.ts";
import { type HeldPartition, type Slot, skipRemoved } from "../held-partitions.ts";
import { createTracker } from "../tracker.ts";
import { drainingOf } from "./assigner.ts";
import { type CommittedOf, committedOffsets, describeTopics } from "./describe.ts";

/** What the cluster knows of a member's assignment. */
export interface Positions {
  committed: CommittedOf;
  /** Undefined where the topic has no such partition. */
  logOf(topic: string, partition: number): PartitionOffsets | undefined;
  draining: number[];
}

export async function askPositions(
  admin: Admin,
  { group, topics, memberId }: { group: string; topics: readonly string[]; memberId: string },
): Promise<Positions> {
  const [committed, offsets, described] = await Promise.all([
    committedOffsets(admin, group, topics),
    describeTopics(admin, topics),
    admin.describeGroups([group]),
  ]);
  const own = described.groups[0]?.members.find((member) => member.memberId === memberId);
  return {
    committed,
    logOf: (topic, partition) => offsets.find((one) => one.topic === topic && one.partition === partition),
    draining: own ? drainingOf(own.memberAssignment) : [],
  };
}

/** Takes a partition up where the group committed; in a log made anew, at its start. */
export function holdPartition(
  { committed, logOf }: Positions,
  topics: readonly string[],
  partition: number,
): { held: HeldPartition; gaps: UnreadGap[] } {
  const gaps: UnreadGap[] = [];
  const slots = topics.flatMap((topic): Slot[] => {
    const log = logOf(topic, partition);
    if (log === undefined) return [];
    const known = committed(topic, partition);
    const isOfThisLog = known !== undefined && known.watermark <= log.end;
    const tracker = createTracker(isOfThisLog ? known : { watermark: log.earliest, acknowledged: "" });
    const gap = skipRemoved(topic, partition, tracker, log.earliest);
    if (gap !== undefined) gaps.push(gap);
    return [{ topic, partition, tracker, dirty: gap !== undefined }];
  });
  return { held: { partition, epoch: Date.now(), draining: false, owned: true, slots }, gaps };
}

/**
 * True when another member went on from here: this one had lost the partition without knowing. And when the log
 * ends before the place: its topic was deleted and made anew.
 */
export function isOutdated({ slots }: HeldPartition, { committed, logOf }: Positions): boolean {
  return slots.some(({ topic, partition, tracker }) => {
    const isPassed = (committed(topic, partition)?.watermark ?? 0) > tracker.watermark();
    return isPassed || (logOf(topic, partition)?.end ?? Number.POSITIVE_INFINITY) < tracker.position();
  });
}
