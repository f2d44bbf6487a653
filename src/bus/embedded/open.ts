import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { TmonError } from "../../errors.ts";
import { prepareDataDirectory } from "../../lmdb/data-directory.ts";
import { openEnvironment } from "../../lmdb/environment.ts";
import { makeDirectory } from "../../make-directory.ts";
import type { Bus, ConsumeOptions, Consumer, OutgoingMessage, PartitionOffsets } from "../bus.ts";
import { partitionOf } from "../partitioner.ts";
import { createAppender } from "./appender.ts";
import { startConsumer } from "./consumer.ts";
import { describeGroupOffsets, describeTopic } from "./describe.ts";
import { createLog, type PartitionedMessage } from "./log.ts";
import { startMaintenance } from "./maintenance.ts";
import { createProducer } from "./producer.ts";
import { readMessages } from "./reader.ts";
import { createRetention } from "./retention.ts";
import { createSegmentReader, segmentPath, sweepSegments } from "./segment-files.ts";
import { createChangeSignal } from "./signal.ts";
import { openTables } from "./tables.ts";
import { registerTopics } from "./topics.ts";

export interface EmbeddedTopic {
  name: string;
  partitions: number;
  /** Of retentionBytes, 0 to 1: a message waits rather than that the whole log takes more. */
  share?: number;
}

export interface EmbeddedBusOptions {
  dataDir: string;
  topics: readonly EmbeddedTopic[];
  durability: "process" | "power";
  retentionMs: number;
  /** All topics together; a message that would exceed its topic's share of it waits. */
  retentionBytes: number;
  log: Logger;
}

const largestSegmentBytes = 16 * 1024 * 1024;

/**
 * The bus in files of the data directory, for any number of processes of one machine: bus.mdb holds all but the
 * messages' values, which stand in bus-segments/.
 */
export async function openEmbeddedBus(options: EmbeddedBusOptions): Promise<Bus> {
  const { retentionBytes, durability, log: logger } = options;
  prepareDataDirectory(options.dataDir);
  const directory = join(options.dataDir, "bus-segments");
  makeDirectory(directory, 0o700);
  const environment = openEnvironment(join(options.dataDir, "bus.mdb"), { durability });
  const tables = openTables(environment);
  await registerTopics(environment, tables, options.topics);
  const segments = createSegmentReader(directory);
  const log = createLog(tables, segments);
  const retention = createRetention(tables, log, options.retentionMs);
  const signal = createChangeSignal(environment, tables);
  const parts = { environment, tables, log, retention, signal, logger, partitionsOf };
  const segmentBytes = Math.min(largestSegmentBytes, retentionBytes / 32);
  const appender = createAppender({
    ...parts,
    directory,
    durability,
    segmentBytes,
    sweep,
    appended: signal.raise,
  });
  const shares = new Map(options.topics.map(({ name, share = 1 }) => [name, share]));
  const producer = createProducer(appender, {
    maxBytes: retentionBytes,
    place,
    shareOf: (topic) => shares.get(topic) ?? 1,
  });
  let maintenance: ReturnType<typeof startMaintenance> | undefined;
  const consumers = new Set<Consumer>();
  const closing = new AbortController();
  let closed: Promise<void> | undefined;

  const partitionCounts = new Map<string, number>();
  function partitionsOf(topic: string): number {
    const partitions = partitionCounts.get(topic) ?? tables.topics.get(topic);
    if (partitions === undefined) throw unknownTopic(topic, [...tables.topics.getKeys()]);
    partitionCounts.set(topic, partitions);
    return partitions;
  }

  /** With the first write: a mere reader changes nothing. */
  function maintain(): void {
    maintenance ??= startMaintenance(parts, sweep);
  }

  function place(message: OutgoingMessage): PartitionedMessage {
    const { topic, key, partition = partitionOf(key, partitionsOf(topic)) } = message;
    return { ...message, partition };
  }

  function sweep(): void {
    sweepSegments(directory, () => new Set(environment.read(() => [...tables.segments.getKeys()])));
    segments.forget((segment) => existsSync(segmentPath(directory, segment)));
  }

  async function consume(consumeOptions: ConsumeOptions): Promise<Consumer> {
    const partitions = Math.max(...environment.read(() => consumeOptions.topics.map(partitionsOf)));
    maintain();
    const consumer = await startConsumer({ ...parts, partitions }, consumeOptions);
    consumers.add(consumer);
    return consumer;
  }

  const describe = (topics: readonly string[]): PartitionOffsets[] =>
    topics.flatMap((topic) => describeTopic(log, topic, partitionsOf(topic)));

  async function close(): Promise<void> {
    closing.abort();
    await maintenance?.stop();
    await producer.close();
    // On a full disk neither can be written, and neither must be: members and segments of the dead are cleared.
    const ends = await Promise.allSettled([
      ...[...consumers].map((consumer) => consumer.stop()),
      appender.close(),
    ]);
    for (const end of ends)
      if (end.status === "rejected") logger.warn({ err: end.reason }, "closing the bus");
    signal.close();
    segments.close();
    await environment.close();
  }

  return {
    kind: "embedded",
    produce(messages) {
      maintain();
      return producer.produce(messages);
    },
    consume,
    read: (readOptions) => readMessages({ ...parts, closing: closing.signal }, readOptions),
    describeTopics: async (topics) => environment.read(() => describe(topics)),
    describeGroup: async (group, topics) =>
      environment.read(() => describe(topics).map((one) => describeGroupOffsets(parts, group, one))),
    trouble: () => environment.trouble() ?? producer.trouble(),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function unknownTopic(topic: string, known: readonly string[]): TmonError {
  return new TmonError("TMON_TOPIC_UNKNOWN", `There is no topic ${topic}.`, `There are ${known.join(", ")}.`);
}
