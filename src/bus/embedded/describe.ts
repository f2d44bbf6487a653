import { countOffsets } from "../acknowledged-offsets.ts";
import type { GroupOffsets, PartitionOffsets } from "../bus.ts";
import type { Log } from "./log.ts";
import type { Tables } from "./tables.ts";

export function describeTopic(log: Log, topic: string, partitions: number): PartitionOffsets[] {
  return Array.from({ length: partitions }, (_, partition) => {
    const { start, end } = log.partition(topic, partition);
    return { topic, partition, earliest: start, end };
  });
}

export function describeGroupOffsets(
  { tables, log }: { tables: Tables; log: Log },
  group: string,
  offsets: PartitionOffsets,
): GroupOffsets {
  const { topic, partition, earliest, end } = offsets;
  const committed = tables.offsets.get([group, topic, partition]);
  const watermark = Math.max(committed?.watermark ?? earliest, earliest);
  // What retention removed counts no more, and neither do the acknowledged offsets among it.
  const acknowledged = committed?.watermark === watermark ? countOffsets(committed.acknowledged) : 0;
  const unreadSince = watermark < end ? log.timeOf([topic, partition, watermark]) : undefined;
  return { ...offsets, watermark, lag: end - watermark - acknowledged, unreadSince };
}
