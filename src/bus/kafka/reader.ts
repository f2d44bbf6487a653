import { setTimeout as delay } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import type { PartitionOffsets, ReadOptions, ReceivedMessage } from "../bus.ts";
import type { Ask } from "./aside.ts";
import { type Cursor, fetchInto, placeCursors } from "./cursors.ts";
import { asking, rootOf, unreachable } from "./failure.ts";
import { openRawCluster, type RawCluster } from "./raw-cluster.ts";

interface ReaderParts {
  kafka: Kafka;
  ask: Ask;
  describe(topics: readonly string[]): Promise<PartitionOffsets[]>;
  /** The bus closes. */
  closing: AbortSignal;
}

const pollMs = 100;
const retryMs = 200;
/** A reader has nothing to lose: it says that the brokers are away, and ends. */
const patienceMs = 30_000;

/** Reads over connections of its own, oldest messages first. */
export async function* readMessages(
  { kafka, ask, describe, closing }: ReaderParts,
  options: ReadOptions,
): AsyncGenerator<ReceivedMessage> {
  const stop = options.signal ? AbortSignal.any([options.signal, closing]) : closing;
  const partitions = (await describe(options.topics)).filter(
    ({ partition }) => options.partition === undefined || partition === options.partition,
  );
  const raw = await asking(() => openRawCluster(kafka, options.topics));
  try {
    const cursors = await asking(() => placeCursors(ask, raw, partitions, options.from));
    const ends = new Map(partitions.map(({ topic, partition, end }) => [`${topic}/${partition}`, end]));
    const isOpen = ({ topic, partition, next, held }: Cursor) =>
      !options.untilEnd || (next < ends.get(`${topic}/${partition}`)! && !held);
    while (!stop.aborted) {
      const empty = cursors.filter((cursor) => cursor.fetched.length === 0 && isOpen(cursor));
      const isIdle = empty.length === cursors.length;
      if (empty.length > 0) await fetchPatiently(raw, empty, isIdle ? pollMs : 0, describe, stop);
      const waiting = cursors.filter(({ fetched }) => fetched.length > 0);
      if (waiting.length === 0 && options.untilEnd && !cursors.some(isOpen)) return;
      for (const message of takeOldest(waiting)) {
        if (stop.aborted) return;
        if (!options.untilEnd || message.offset < ends.get(`${message.topic}/${message.partition}`)!)
          yield message;
      }
    }
  } finally {
    await raw.close().catch(() => {});
  }
}

/** By append time, until one of them has no more: what follows there may be older than what is left. */
function* takeOldest(cursors: readonly Cursor[]): Generator<ReceivedMessage> {
  if (cursors.length === 0) return;
  while (cursors.every(({ fetched }) => fetched.length > 0)) {
    const oldest = cursors.reduce((first, other) =>
      other.fetched[0]!.timestamp < first.fetched[0]!.timestamp ? other : first,
    );
    yield oldest.fetched.shift()!;
  }
}

/** A leader may move or fall silent, and what is read may be removed. */
async function fetchPatiently(
  raw: RawCluster,
  cursors: readonly Cursor[],
  maxWaitMs: number,
  describe: ReaderParts["describe"],
  stop: AbortSignal,
): Promise<void> {
  for (const since = performance.now(); !stop.aborted; ) {
    try {
      return await fetchInto(raw, cursors, maxWaitMs);
    } catch (error) {
      if (performance.now() - since > patienceMs) throw unreachable(error);
      await delay(retryMs);
      await raw.refresh().catch(() => {});
      if (rootOf(error).name === "KafkaJSOffsetOutOfRange") await skipRemoved(cursors, describe);
    }
  }
}

async function skipRemoved(cursors: readonly Cursor[], describe: ReaderParts["describe"]): Promise<void> {
  const partitions = await describe([...new Set(cursors.map(({ topic }) => topic))]);
  for (const { topic, partition, earliest } of partitions) {
    const cursor = cursors.find((one) => one.topic === topic && one.partition === partition);
    if (cursor) cursor.next = Math.max(cursor.next, earliest);
  }
}
