import type { Log } from "./log.ts";
import type { Tables } from "./tables.ts";

export interface RetentionLimits {
  ms: number;
  bytes: number;
}

/** What may be removed, and when. Both removals belong in a write transaction. */
export interface Retention {
  /** Bytes that still fit. */
  room(): number;
  /** Removes the oldest records until so many bytes fit, as far as every group has read them. */
  makeRoom(bytes: number): void;
  /** Removes some of the records that are too old; false when none are left. */
  removeExpired(): boolean;
}

/** A group not seen for so long holds nothing back. */
const groupMemoryMs = 3_600_000;
/** Records removed by one transaction: others wait for it. */
const chunk = 256;

export function createRetention(tables: Tables, log: Log, limits: RetentionLimits): Retention {
  function room(): number {
    let used = 0;
    for (const { value } of tables.topics.getRange()) used += value.bytes;
    return limits.bytes - used;
  }

  /** The offset below which all of the partition's living groups have acknowledged everything. */
  function floor(topic: string, partition: number, start: number, end: number): number {
    const seenAfter = Date.now() - groupMemoryMs;
    let lowest = end;
    for (const { key: group, value } of [...tables.groups.getRange()]) {
      if (value.seenAt < seenAfter || !value.topics.includes(topic)) continue;
      lowest = Math.min(lowest, tables.offsets.get([group, topic, partition])?.watermark ?? start);
    }
    return lowest;
  }

  /** Partitions with records that may be removed: [start, until). */
  function removable() {
    return [...tables.partitions.getRange()]
      .map(({ key: [topic, partition], value: { start, end } }) => ({
        topic,
        partition,
        start,
        until: floor(topic, partition, start, end),
      }))
      .filter(({ start, until }) => start < until);
  }

  const timeOf = (topic: string, partition: number, offset: number): number =>
    log.entry([topic, partition, offset])?.timestamp ?? 0;

  return {
    room,
    makeRoom(bytes) {
      // More than is needed, so that not every append has to look.
      let missing = Math.max(bytes - room(), Math.min(limits.bytes / 64, limits.bytes - bytes));
      const partitions = removable().map((range) => ({
        ...range,
        end: range.start,
        time: timeOf(range.topic, range.partition, range.start),
      }));
      const candidates = new Set(partitions);
      while (missing > 0 && candidates.size > 0) {
        const oldest = [...candidates].reduce((first, other) => (other.time < first.time ? other : first));
        const { topic, partition, until } = oldest;
        missing -= log.entry([topic, partition, oldest.end])?.size ?? 0;
        oldest.end += 1;
        if (oldest.end === until) candidates.delete(oldest);
        else oldest.time = timeOf(topic, partition, oldest.end);
      }
      for (const { topic, partition, start, end } of partitions)
        if (end > start) log.removeBelow(topic, partition, end);
    },
    removeExpired() {
      const keptFrom = Date.now() - limits.ms;
      let budget = chunk;
      for (const { topic, partition, start, until } of removable()) {
        let end = start;
        while (end < until && end - start < budget && timeOf(topic, partition, end) < keptFrom) end++;
        if (end === start) continue;
        log.removeBelow(topic, partition, end);
        budget -= end - start;
        if (budget === 0) return true;
      }
      return false;
    },
  };
}
