import type { OutgoingMessage, ReceivedMessage } from "../bus.ts";
import type { SegmentReader } from "./segment-files.ts";
import { addToSegment, removeFromSegment } from "./segment-rows.ts";
import {
  emptyPartition,
  type PartitionKey,
  type PartitionRow,
  type RecordKey,
  type RecordRow,
  type Tables,
} from "./tables.ts";

/** The partitions' logs. */
export interface Log {
  partition(topic: string, partition: number): PartitionRow;
  /** Append time, epoch ms; 0 when the record is gone. */
  timeOf(key: RecordKey): number;
  read(key: RecordKey): ReceivedMessage | undefined;
  /** Within a write transaction: messages whose values stand in the segment from the position on. */
  append(messages: readonly PartitionedMessage[], segment: number, position: number): void;
  /** Within a write transaction: removes from the partition's start up to and without the offset; bytes freed. */
  removeBelow(topic: string, partition: number, offset: number): number;
}

export type PartitionedMessage = OutgoingMessage & { partition: number };

export function createLog(tables: Tables, segments: SegmentReader): Log {
  const partitionRow = (topic: string, partition: number): PartitionRow =>
    tables.partitions.get([topic, partition]) ?? emptyPartition;

  return {
    partition: partitionRow,
    timeOf: (key) => tables.records.get(key)?.time ?? 0,
    read([topic, partition, offset]) {
      const row = tables.records.get([topic, partition, offset]);
      const value = row && segments.read(row.segment, row.position, row.length);
      if (row === undefined || value === undefined) return undefined;
      return {
        topic,
        partition,
        offset,
        key: row.key,
        timestamp: row.time,
        headers: row.headers ?? {},
        value,
      };
    },
    append(messages, segment, position) {
      const now = Date.now();
      const rows = new Map<string, { key: PartitionKey; row: PartitionRow }>();
      let next = position;
      for (const { topic, partition, key, value, headers } of messages) {
        const name = `${topic}/${partition}`;
        const touched = rows.get(name) ?? {
          key: [topic, partition] as PartitionKey,
          row: { ...partitionRow(topic, partition) },
        };
        rows.set(name, touched);
        const { row } = touched;
        row.time = Math.max(now, row.time);
        const record: RecordRow = { key, time: row.time, segment, position: next, length: value.length };
        if (headers !== undefined) record.headers = headers;
        tables.records.put([topic, partition, row.end], record);
        row.end += 1;
        next += value.length;
      }
      for (const { key, row } of rows.values()) tables.partitions.put(key, row);
      addToSegment(tables, segment, next - position, messages.length);
    },
    removeBelow(topic, partition, offset) {
      const row = partitionRow(topic, partition);
      const removed = new Map<number, number>();
      for (let oldest = row.start; oldest < offset; oldest++) {
        const record = tables.records.get([topic, partition, oldest]);
        if (record === undefined) continue;
        tables.records.remove([topic, partition, oldest]);
        removed.set(record.segment, (removed.get(record.segment) ?? 0) + 1);
      }
      tables.partitions.put([topic, partition], { ...row, start: Math.max(row.start, offset) });
      let freed = 0;
      for (const [segment, records] of removed) freed += removeFromSegment(tables, segment, records);
      return freed;
    },
  };
}
