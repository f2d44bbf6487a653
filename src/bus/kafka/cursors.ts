import type { PartitionOffsets, ReadFrom, ReceivedMessage } from "../bus.ts";
import type { Ask } from "./aside.ts";
import { groupBy } from "./group-by.ts";
import type { RawCluster } from "./raw-cluster.ts";

/** A place in one partition: `next` is fetched next; `end` is the log's end as it was last seen. */
export interface Cursor {
  topic: string;
  partition: number;
  next: number;
  end: number;
  /** At an open transaction. */
  held: boolean;
  /** Fetched and not read, in order. */
  fetched: ReceivedMessage[];
}

/** Places a cursor in each partition where a read begins. */
export async function placeCursors(
  ask: Ask,
  raw: RawCluster,
  partitions: readonly PartitionOffsets[],
  from: ReadFrom,
): Promise<Cursor[]> {
  const cursors = partitions.map(({ topic, partition, earliest, end }) => ({
    topic,
    partition,
    next: earliest,
    end,
    held: false,
    fetched: [],
  }));
  if (from === "earliest") return cursors;
  if (from === "latest") for (const cursor of cursors) cursor.next = cursor.end;
  else if ("offset" in from) for (const cursor of cursors) cursor.next = Math.max(cursor.next, from.offset);
  else if ("time" in from) await placeByTime(ask, cursors, from.time);
  else {
    const topics = groupBy(cursors, ({ topic }) => topic);
    await Promise.all([...topics.values()].map((own) => placeLast(ask, raw, own, from.last)));
  }
  return cursors;
}

async function placeByTime(ask: Ask, cursors: Cursor[], time: number): Promise<void> {
  for (const topic of new Set(cursors.map((cursor) => cursor.topic))) {
    const offsets = await ask((admin) => admin.fetchTopicOffsetsByTimestamp(topic, time));
    for (const cursor of cursors) {
      const found = offsets.find(({ partition }) => cursor.topic === topic && cursor.partition === partition);
      if (found) cursor.next = Math.max(cursor.next, Number(found.offset));
    }
  }
}

const shortestSpanMs = 100;

/** The last ones of a topic: looks further and further back until there are enough, and then counts from the end. */
async function placeLast(ask: Ask, raw: RawCluster, cursors: Cursor[], count: number): Promise<void> {
  const now = Date.now();
  for (let span = shortestSpanMs; ; span *= 4) {
    const tails = cursors.map((cursor) => ({ ...cursor }));
    await placeByTime(ask, tails, now - span);
    const isWhole = tails.every(({ next }, index) => next === cursors[index]!.next);
    const offsets = tails.reduce((sum, { next, end }) => sum + Math.max(0, end - next), 0);
    if (offsets < count && !isWhole) continue;
    const times = await timesIn(raw, tails);
    // Where a topic is compacted there are fewer messages than offsets.
    if (times.length < count && !isWhole) continue;
    times.sort((a, b) => b.timestamp - a.timestamp || b.offset - a.offset);
    cursors.forEach((cursor, index) => {
      const last = times.slice(0, count).filter(({ partition }) => partition === cursor.partition);
      cursor.next = Math.min(tails[index]!.next, ...last.map(({ offset }) => offset));
    });
    return;
  }
}

/** Of all messages from the cursors to their ends: where they stand, and when they were appended. */
async function timesIn(raw: RawCluster, cursors: Cursor[]) {
  const times: Pick<ReceivedMessage, "partition" | "offset" | "timestamp">[] = [];
  const isOpen = ({ next, end, held }: Cursor) => next < end && !held;
  for (let open = cursors.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
    await fetchInto(raw, open, 0);
    for (const { fetched } of open)
      for (const { partition, offset, timestamp } of fetched.splice(0))
        times.push({ partition, offset, timestamp });
  }
  return times;
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
  for (const { topic, partition, messages, next, end, held } of fetched) {
    const cursor = cursors.find((one) => one.topic === topic && one.partition === partition)!;
    cursor.next = next;
    cursor.end = end;
    cursor.held = held;
    cursor.fetched.push(...messages);
  }
}
