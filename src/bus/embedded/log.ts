import type { ReceivedMessage } from "../bus.ts";
import type { RecentRecords } from "./recent.ts";
import { decodeRecord, type PreparedRecord, stampRecord } from "./record.ts";
import { emptyPartition, type PartitionRow, type RecordKey, type Tables } from "./tables.ts";

/** The partitions' logs. `append` and `removeOldest` belong in a write transaction. */
export interface Log {
  partition(topic: string, partition: number): PartitionRow;
  /** Undefined when the record is gone. */
  entry(key: RecordKey): RecordEntry | undefined;
  read(key: RecordKey): ReceivedMessage | undefined;
  /** Answers the records' keys in the same order. */
  append(records: readonly PreparedRecord[]): RecordKey[];
  /** Removes records from the partition's start up to and without the offset; answers their bytes. */
  removeBelow(topic: string, partition: number, offset: number): number;
}

export interface RecordEntry {
  /** Append time, epoch ms. */
  timestamp: number;
  /** Bytes. */
  size: number;
}

export function createLog(tables: Tables, recent: RecentRecords): Log {
  const partitionRow = (topic: string, partition: number): PartitionRow =>
    tables.partitions.get([topic, partition]) ?? emptyPartition;

  const entry = (key: RecordKey): RecordEntry | undefined => {
    const found = tables.index.getBinary(key);
    return found && { timestamp: found.readDoubleLE(0), size: found.readUInt32LE(8) };
  };

  function addBytes(topic: string, bytes: number): void {
    const row = tables.topics.get(topic)!;
    tables.topics.put(topic, { ...row, bytes: row.bytes + bytes });
  }

  function appendTo(row: PartitionRow, { topic, partition, record }: PreparedRecord, now: number): RecordKey {
    const key: RecordKey = [topic, partition, row.end];
    row.end += 1;
    row.time = Math.max(now, row.time);
    stampRecord(record, row.time);
    const entryBytes = Buffer.allocUnsafe(12);
    entryBytes.writeDoubleLE(row.time, 0);
    entryBytes.writeUInt32LE(record.length, 8);
    tables.records.put(key, record);
    tables.index.put(key, entryBytes);
    return key;
  }

  return {
    partition: partitionRow,
    entry,
    read(key) {
      const record = recent.get(key) ?? tables.records.getBinary(key);
      return record && decodeRecord(key, record);
    },
    append(records) {
      const now = Date.now();
      const rows = new Map<string, { topic: string; partition: number; row: PartitionRow }>();
      const bytes = new Map<string, number>();
      const keys = records.map((prepared) => {
        const { topic, partition, record } = prepared;
        const name = `${topic}/${partition}`;
        const touched = rows.get(name) ?? { topic, partition, row: { ...partitionRow(topic, partition) } };
        rows.set(name, touched);
        bytes.set(topic, (bytes.get(topic) ?? 0) + record.length);
        return appendTo(touched.row, prepared, now);
      });
      for (const { topic, partition, row } of rows.values()) tables.partitions.put([topic, partition], row);
      for (const [topic, added] of bytes) addBytes(topic, added);
      return keys;
    },
    removeBelow(topic, partition, offset) {
      const row = partitionRow(topic, partition);
      let freed = 0;
      for (let oldest = row.start; oldest < offset; oldest++) {
        const key: RecordKey = [topic, partition, oldest];
        freed += entry(key)?.size ?? 0;
        tables.records.remove(key);
        tables.index.remove(key);
      }
      tables.partitions.put([topic, partition], { ...row, start: Math.max(row.start, offset) });
      addBytes(topic, -freed);
      return freed;
    },
  };
}
