import type { Log } from "./log.ts";
import { sealAbandonedSegments } from "./segment-rows.ts";
import type { Tables } from "./tables.ts";

/** What may be removed, and when. */
export interface Retention {
  /** Bytes of all segments together. */
  size(): number;
  /** Within a write transaction: removes the oldest until no more bytes are left, as far as every group has read. */
  shrinkTo(bytes: number): void;
  /** Within a write transaction: removes some of what is too old; false when none is left. */
  removeExpired(): boolean;
}

/** A group not seen for so long holds nothing back. */
const groupMemoryMs = 3_600_000;
/** Records removed by one transaction: others wait for it. */
const chunk = 512;

interface Removable {
  topic: string;
  partition: number;
  /** Records of [start, until) may be removed. */
  start: number;
  until: number;
}

export function createRetention(tables: Tables, log: Log, maxAgeMs: number): Retention {
  const size = (): number => tables.counters.get("bytes") ?? 0;

  function removable(): Removable[] {
    const seenAfter = Date.now() - groupMemoryMs;
    const groups = [...tables.groups.getRange()].filter(({ value }) => value.seenAt > seenAfter);
    return [...tables.partitions.getRange()]
      .map(({ key: [topic, partition], value: { start, end } }) => {
        const watermarks = groups
          .filter(({ value }) => value.topics.includes(topic))
          .map(({ key }) => tables.offsets.get([key, topic, partition])?.watermark ?? start);
        return { topic, partition, start, until: Math.min(end, ...watermarks) };
      })
      .filter(({ start, until }) => start < until);
  }

  /** Removes one oldest record after the other while `wanted` says so of its append time. */
  function removeOldest(wanted: (time: number, freed: number) => boolean): number {
    const heads = removable().map((range) => ({ ...range, time: timeAt(range) }));
    let [removed, freed] = [0, 0];
    while (heads.length > 0 && removed < chunk) {
      const oldest = heads.reduce((first, other) => (other.time < first.time ? other : first));
      if (!wanted(oldest.time, freed)) break;
      oldest.start += 1;
      removed += 1;
      freed += log.removeBelow(oldest.topic, oldest.partition, oldest.start);
      oldest.time = timeAt(oldest);
      if (oldest.start === oldest.until) heads.splice(heads.indexOf(oldest), 1);
    }
    return removed;
  }

  const timeAt = ({ topic, partition, start }: Removable): number => log.timeOf([topic, partition, start]);

  return {
    size,
    shrinkTo(bytes) {
      sealAbandonedSegments(tables);
      const excess = size() - bytes;
      while (removeOldest((_, freed) => freed < excess) === chunk && size() > bytes);
    },
    removeExpired() {
      sealAbandonedSegments(tables);
      const keptFrom = Date.now() - maxAgeMs;
      return removeOldest((time) => time < keptFrom) === chunk;
    },
  };
}
