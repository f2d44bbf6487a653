import type { Admin, Consumer as KafkaConsumer } from "kafkajs";
import type { UnreadGap } from "../bus.ts";
import { type HeldPartition, type Slot, skipRemoved } from "../held-partitions.ts";
import { createTracker } from "../tracker.ts";
import { drainingOf } from "./assigner.ts";
import { type CommittedOf, committedOffsets, describeTopics } from "./describe.ts";

/** What the cluster knows of a member's assignment. */
export interface Positions {
  committed: CommittedOf;
  /** The log's start; undefined where the topic has no such partition. */
  startOf(topic: string, partition: number): number | undefined;
  draining: number[];
}

export async function askPositions(
  { admin, consumer }: { admin: Admin; consumer: KafkaConsumer },
  { group, topics, memberId }: { group: string; topics: readonly string[]; memberId: string },
): Promise<Positions> {
  const [committed, offsets, description] = await Promise.all([
    committedOffsets(admin, group, topics),
    describeTopics(admin, topics),
    consumer.describeGroup(),
  ]);
  const own = description.members.find((member) => member.memberId === memberId);
  return {
    committed,
    startOf: (topic, partition) =>
      offsets.find((one) => one.topic === topic && one.partition === partition)?.earliest,
    draining: own ? drainingOf(own.memberAssignment) : [],
  };
}

/** Takes a partition up where the group committed. */
export function holdPartition(
  { committed, startOf }: Positions,
  topics: readonly string[],
  partition: number,
): { held: HeldPartition; gaps: UnreadGap[] } {
  const gaps: UnreadGap[] = [];
  const slots = topics.flatMap((topic): Slot[] => {
    const start = startOf(topic, partition);
    if (start === undefined) return [];
    const tracker = createTracker(committed(topic, partition) ?? { watermark: start, acknowledged: "" });
    const gap = skipRemoved(topic, partition, tracker, start);
    if (gap !== undefined) gaps.push(gap);
    return [{ topic, partition, tracker, dirty: gap !== undefined }];
  });
  return { held: { partition, epoch: Date.now(), draining: false, owned: true, slots }, gaps };
}

/** True when another member went on from here: this one had lost the partition without knowing. */
export function isOutdated({ slots }: HeldPartition, { committed }: Positions): boolean {
  return slots.some(
    ({ topic, partition, tracker }) => (committed(topic, partition)?.watermark ?? 0) > tracker.watermark(),
  );
}
