import type { Database } from "lmdb";
import type { Environment } from "../../lmdb/environment.ts";
import type { ProcessIdentity } from "../../lmdb/process-identity.ts";
import type { Committed } from "../tracker.ts";

/** The tables of bus.mdb. Everything is changed in write transactions only. */
export interface Tables {
  topics: Database<TopicRow, string>;
  partitions: Database<PartitionRow, PartitionKey>;
  /** The messages: record.ts. */
  records: Database<Buffer, RecordKey>;
  /** Append time and size of each record: looking there does not touch the pages of the record itself. */
  index: Database<Buffer, RecordKey>;
  groups: Database<GroupRow, string>;
  offsets: Database<Committed, OffsetKey>;
  /** `changes` grows with every change that somebody may be waiting for. */
  counters: Database<number, "changes">;
}

export type PartitionKey = [topic: string, partition: number];
export type RecordKey = [topic: string, partition: number, offset: number];
export type OffsetKey = [group: string, topic: string, partition: number];

export interface TopicRow {
  partitions: number;
  /** Sum of its records' sizes. */
  bytes: number;
}

export interface PartitionRow {
  /** The oldest offset that is still there. */
  start: number;
  /** The next offset to be written. */
  end: number;
  /** Append time of the newest record, epoch ms: never goes back within a partition. */
  time: number;
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

/**
 *   free -> owned -> draining -> owned by the next
 */
export interface Assignment {
  /** A member's id; "" while nobody has it. */
  owner: string;
  /** Grows with every change of the owner: a commit names it. */
  epoch: number;
  /** Who gets it once the owner has drained; since when (monotonic ms). */
  handover?: { to: string; since: number };
}

export function openTables({ root }: Environment): Tables {
  const rows = { encoding: "json" } as const;
  const bytes = { encoding: "binary" } as const;
  return {
    topics: root.openDB("topics", rows),
    partitions: root.openDB("partitions", rows),
    records: root.openDB("records", bytes),
    index: root.openDB("index", bytes),
    groups: root.openDB("groups", rows),
    offsets: root.openDB("offsets", rows),
    counters: root.openDB("counters", rows),
  };
}

/** Within a write transaction: tells the waiting ones of all processes to look. */
export function announceChange({ counters }: Tables): void {
  counters.put("changes", (counters.get("changes") ?? 0) + 1);
}

export const emptyPartition: PartitionRow = { start: 0, end: 0, time: 0 };
