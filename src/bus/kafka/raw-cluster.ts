import type { Broker, Cluster, Kafka, KafkaMessage } from "kafkajs";
import Batch, { type BatchData } from "kafkajs/src/consumer/batch.js";
import type { ReceivedMessage } from "../bus.ts";
import { answerWithinMs, within } from "./aside.ts";
import { groupBy } from "./group-by.ts";
import { isRestOfUndecodable } from "./record-batch.ts";

/** Below the groups: fetches by partition and offset, without a member anywhere. */
export interface RawCluster {
  /** Only their partitions can be fetched. */
  addTopics(topics: readonly string[]): Promise<void>;
  fetch(from: readonly FetchFrom[], maxWaitMs: number): Promise<FetchedPartition[]>;
  /** Asks who leads. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface FetchFrom {
  topic: string;
  partition: number;
  offset: number;
  maxBytes: number;
}

export interface FetchedPartition {
  topic: string;
  partition: number;
  messages: ReceivedMessage[];
  /** The log's end as the leader sees it. */
  end: number;
  /** Behind the last record of any kind: the next to be fetched. */
  next: number;
  /** An open transaction stands there: until it ends nothing more can be read, also of what others write. */
  held: boolean;
}

/**
 * The library gives its cluster to partition assigners only. The consumer it comes from never runs; the
 * connections are its own, so that a long poll keeps nobody else waiting.
 */
export async function openRawCluster(kafka: Kafka, topics: readonly string[]): Promise<RawCluster> {
  let captured: Cluster | undefined;
  kafka.consumer({
    groupId: "tmon-unused",
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        captured = cluster;
        return {
          name: "none",
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: "none", metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  const cluster = captured!;
  const raw: RawCluster = {
    addTopics: (added) => within(answerWithinMs, cluster.addMultipleTargetTopics([...added])),
    async fetch(from, maxWaitMs) {
      const byLeader = groupBy(from, ({ topic, partition }) => leaderOf(cluster, topic, partition));
      const answers = [...byLeader].map(async ([nodeId, wanted]) =>
        fetchFrom(await cluster.findBroker({ nodeId }), wanted, maxWaitMs),
      );
      return (await within(answerWithinMs, Promise.all(answers))).flat();
    },
    refresh: () => within(answerWithinMs, cluster.refreshMetadata()),
    close: () => cluster.disconnect(),
  };
  try {
    await within(answerWithinMs, cluster.connect());
    await raw.addTopics(topics);
    return raw;
  } catch (error) {
    void raw.close().catch(() => {});
    throw error;
  }
}

function leaderOf(cluster: Cluster, topic: string, partition: number): string {
  return Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0]!;
}

interface FetchAnswer {
  responses: { topicName: string; partitions: BatchData[] }[];
}

async function fetchFrom(
  broker: Broker,
  wanted: readonly FetchFrom[],
  maxWaitTime: number,
): Promise<FetchedPartition[]> {
  const topics = [...groupBy(wanted, ({ topic }) => topic)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition, offset, maxBytes }) => ({
      partition,
      fetchOffset: String(offset),
      maxBytes,
    })),
  }));
  const { responses }: FetchAnswer = await broker.fetch({
    maxWaitTime,
    minBytes: 1,
    maxBytes: 10 * 1024 * 1024,
    isolationLevel: 1,
    topics,
  });
  // A compacted batch may be empty, and is passed over. Beside others, though, a partition is empty because the
  // answer was full.
  const areAllEmpty = responses.every((of) => of.partitions.every(({ messages }) => messages.length === 0));
  return responses.flatMap(({ topicName: topic, partitions }) =>
    partitions.map((data) => {
      const { partition } = data;
      const from = wanted.find((one) => one.topic === topic && one.partition === partition)!.offset;
      const end = Number(data.highWatermark);
      const stable = Number(data.lastStableOffset);
      const last = data.messages.at(-1);
      const emptyNext = areAllEmpty && from < stable ? from + 1 : from;
      const next = last === undefined ? emptyNext : Math.max(from, Number(last.offset) + 1);
      return {
        topic,
        partition,
        end,
        next,
        held: stable < end && next >= stable,
        // Without what stands before the place, the marks of transactions, and what was aborted.
        messages: new Batch(topic, String(from), data).messages
          .filter((message) => !isRestOfUndecodable(message))
          .map((message) => receivedMessage(topic, partition, message)),
      };
    }),
  );
}

export function receivedMessage(topic: string, partition: number, message: KafkaMessage): ReceivedMessage {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [
    name,
    String(Array.isArray(value) ? (value.at(-1) ?? "") : (value ?? "")),
  ]);
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key?.toString() ?? "",
    timestamp: Number(message.timestamp),
    headers: Object.fromEntries(headers),
    value: message.value ?? Buffer.alloc(0),
  };
}
