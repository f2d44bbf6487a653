import type { Database } from "lmdb";
import type { Environment } from "../../lmdb/environment.ts";
import type { ProcessIdentity } from "../../lmdb/process-identity.ts";
import type { Assignment } from "../rebalance.ts";
import type { Committed } from "../tracker.ts";

/** The tables of bus.mdb. Everything is changed in write transactions only. */
export interface Tables {
  /** Number of partitions by name. */
  topics: Database<number, string>;
  partitions: Database<PartitionRow, PartitionKey>;
  records: Database<RecordRow, RecordKey>;
  segments: Database<SegmentRow, number>;
  groups: Database<GroupRow, string>;
  offsets: Database<Committed, OffsetKey>;
  /**
   * `changes` grows with every change that somebody may be waiting for, `segments` with every segment begun;
   * `bytes` is the size of all segments.
   */
  counters: Database<number, "changes" | "segments" | "bytes">;
}

export type PartitionKey = [topic: string, partition: number];
export type RecordKey = [topic: string, partition: number, offset: number];
export type OffsetKey = [group: string, topic: string, partition: number];

export interface PartitionRow {
  /** The oldest offset that is still there. */
  start: number;
  /** The next offset to be written. */
  end: number;
  /** Append time of the newest record, epoch ms: never goes back within a partition. */
  time: number;
}

/** A message but for its value, and where that is. */
export interface RecordRow {
  key: string;
  time: number;
  headers?: Record<string, string>;
  segment: number;
  /** Of the value's first byte in the segment. */
  position: number;
  /** Bytes of the value. */
  length: number;
}

/**
 * A file of values: segment-files.ts.
 *
 *   written by one process -> sealed (full, or its writer gone) -> removed once no record is left
 */
export interface SegmentRow {
  writer: ProcessIdentity;
  sealed: boolean;
  bytes: number;
  /** Those that retention has not removed. */
  records: number;
}

export interface GroupRow {
  topics: string[];
  members: Record<string, MemberRow>;
  /** By partition number; partition p of every topic belongs to one member. */
  partitions: Assignment[];
  /** Epoch ms, by the minute: retention respects a group seen in the last hour. */
  seenAt: number;
}

export interface MemberRow extends ProcessIdentity {
  /** Monotonic ms: clock.ts. */
  heartbeat: number;
}

export function openTables({ root }: Environment): Tables {
  // Rows as plain maps: as records each would bring its own definition, and to read that takes longer than the row.
  const options = { encoding: "msgpack", useRecords: false } as const;
  return {
    topics: root.openDB("topics", options),
    partitions: root.openDB("partitions", options),
    records: root.openDB("records", options),
    segments: root.openDB("segments", options),
    groups: root.openDB("groups", options),
    offsets: root.openDB("offsets", options),
    counters: root.openDB("counters", options),
  };
}

/** Within a write transaction. */
export function count({ counters }: Tables, name: "changes" | "segments" | "bytes", by: number): number {
  const value = (counters.get(name) ?? 0) + by;
  counters.put(name, value);
  return value;
}

/** Within a write transaction: tells the waiting ones of all processes to look. Answers how many changes there were. */
export function announceChange(tables: Tables): number {
  return count(tables, "changes", 1);
}

export const emptyPartition: PartitionRow = { start: 0, end: 0, time: 0 };
