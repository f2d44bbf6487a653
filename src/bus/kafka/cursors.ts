import type { Admin } from "kafkajs";
import type { PartitionOffsets, ReadFrom, ReceivedMessage } from "../bus.ts";
import { asking } from "./failure.ts";
import type { RawCluster } from "./raw-cluster.ts";

/** A place in one partition: `next` is fetched next; `end` is the log's end as it was last seen. */
export interface Cursor {
  topic: string;
  partition: number;
  next: number;
  end: number;
  /** Fetched and not read, in order. */
  fetched: ReceivedMessage[];
}

/** Places a cursor in each partition where a read begins. */
export async function placeCursors(
  admin: Admin,
  raw: RawCluster,
  partitions: readonly PartitionOffsets[],
  from: ReadFrom,
): Promise<Cursor[]> {
  const cursors = partitions.map(({ topic, partition, earliest, end }) => ({
    topic,
    partition,
    next: earliest,
    end,
    fetched: [],
  }));
  if (from === "earliest") return cursors;
  if (from === "latest") for (const cursor of cursors) cursor.next = cursor.end;
  else if ("offset" in from) for (const cursor of cursors) cursor.next = Math.max(cursor.next, from.offset);
  else if ("time" in from) await placeByTime(admin, cursors, from.time);
  else await placeLast(raw, cursors, from.last);
  return cursors;
}

async function placeByTime(admin: Admin, cursors: Cursor[], time: number): Promise<void> {
  for (const topic of new Set(cursors.map((cursor) => cursor.topic))) {
    const offsets = await asking(() => admin.fetchTopicOffsetsByTimestamp(topic, time));
    for (const cursor of cursors) {
      const found = offsets.find(({ partition }) => cursor.topic === topic && cursor.partition === partition);
      if (found) cursor.next = Math.max(cursor.next, Number(found.offset));
    }
  }
}

/** Each partition's last ones could be among the topic's last ones: they are fetched, and the newest counted. */
async function placeLast(raw: RawCluster, cursors: Cursor[], count: number): Promise<void> {
  for (const topic of new Set(cursors.map((cursor) => cursor.topic))) {
    const tails = cursors
      .filter((cursor) => cursor.topic === topic)
      .map((cursor) => ({ cursor, tail: { ...cursor, next: Math.max(cursor.next, cursor.end - count) } }));
    const times: { cursor: Cursor; offset: number; timestamp: number }[] = [];
    const isOpen = ({ tail }: { tail: Cursor }) => tail.next < tail.end;
    for (let open = tails.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
      await fetchInto(
        raw,
        open.map(({ tail }) => tail),
        0,
      );
      for (const { cursor, tail } of open)
        for (const { offset, timestamp } of tail.fetched.splice(0)) times.push({ cursor, offset, timestamp });
    }
    times.sort((a, b) => b.timestamp - a.timestamp || b.offset - a.offset);
    for (const { cursor } of tails) cursor.next = cursor.end;
    for (const { cursor, offset } of times.slice(0, count)) cursor.next = Math.min(cursor.next, offset);
  }
}

const partitionBytes = 1024 * 1024;

/** Fetches for all of them at once and moves them on; waits for at most `maxWaitMs` when there is nothing. */
export async function fetchInto(
  raw: RawCluster,
  cursors: readonly Cursor[],
  maxWaitMs: number,
): Promise<void> {
  const fetched = await raw.fetch(
    cursors.map(({ topic, partition, next }) => ({
      topic,
      partition,
      offset: next,
      maxBytes: partitionBytes,
    })),
    maxWaitMs,
  );
  for (const { topic, partition, messages, next, end } of fetched) {
    const cursor = cursors.find((one) => one.topic === topic && one.partition === partition)!;
    cursor.next = next;
    cursor.end = end;
    cursor.fetched.push(...messages);
  }
}
