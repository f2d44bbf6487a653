import { setTimeout as delay } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";
import { countOffsets } from "../acknowledged-offsets.ts";
import type { GroupOffsets, PartitionOffsets } from "../bus.ts";
import type { Committed } from "../tracker.ts";
import { createAppendTimes } from "./append-times.ts";
import type { Ask } from "./aside.ts";
import { asking, rootOf } from "./failure.ts";
import { openRawCluster, type RawCluster } from "./raw-cluster.ts";

/** Of partitions, and of groups: on a new cluster with the first one that is asked for. */
const electionErrors = [
  "NOT_LEADER_FOR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "NOT_COORDINATOR_FOR_GROUP",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
];
/** With the last question shorter than any answer is waited for. */
const electionMs = 8_000;
const askAgainMs = 100;

export async function describeTopics(admin: Admin, topics: readonly string[]): Promise<PartitionOffsets[]> {
  const described = await Promise.all(
    topics.map(async (topic) => {
      const offsets = await onceLed(() => admin.fetchTopicOffsets(topic));
      return offsets
        .map(({ partition, low, high }) => ({ topic, partition, earliest: Number(low), end: Number(high) }))
        .sort((a, b) => a.partition - b.partition);
    }),
  );
  return described.flat();
}

/**
 * Asks again while a leader or coordinator is elected, or has not heard that it is one; the library's metadata may also be of the
 * moment before this topic was first asked for.
 */
async function onceLed<T>(question: () => Promise<T>): Promise<T> {
  for (const since = performance.now(); ; ) {
    try {
      return await question();
    } catch (error) {
      const isPassing = error instanceof TypeError || electionErrors.includes(rootOf(error).type ?? "");
      if (!isPassing || performance.now() - since > electionMs) throw error;
    }
    await delay(askAgainMs);
  }
}

/** Another program of the group may have committed words of its own: taken for offsets they would be lost. */
const mark = "tmon:";

/** What is committed beside a watermark: at most 5 characters more than the acknowledged offsets as text. */
export function metadataOf(acknowledged: string): string {
  return acknowledged === "" ? "" : `${mark}${acknowledged}`;
}

function acknowledgedIn(metadata: string): string {
  return metadata.startsWith(mark) ? metadata.slice(mark.length) : "";
}

/** What the group committed in a partition, if it did. */
export type CommittedOf = (topic: string, partition: number) => Committed | undefined;

export async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<CommittedOf> {
  const answers = await onceLed(() => admin.fetchOffsets({ groupId, topics: [...topics] }));
  return (topic, partition) => {
    const found = answers
      .find((answer) => answer.topic === topic)
      ?.partitions.find((one) => one.partition === partition);
    // The library itself commits -2 for "from the start".
    if (found === undefined || Number(found.offset) < 0) return undefined;
    return { watermark: Number(found.offset), acknowledged: acknowledgedIn(found.metadata ?? "") };
  };
}

/**
 * The time of a message from before the first look costs a fetch of its batch: of a group that works them off one is
 * asked for this often.
 */
const fetchAgainMs = 5_000;

/** Tells how far groups are; remembers where the log's end stood, and what it looked up in the log. */
export interface GroupDescriber {
  describe(group: string, topics: readonly string[]): Promise<GroupOffsets[]>;
  close(): Promise<void>;
}

export function createGroupDescriber(kafka: Kafka, ask: Ask): GroupDescriber {
  let raw: Promise<RawCluster> | undefined;
  const appended = createAppendTimes();
  const asked = new Map<string, Promise<PartitionOffsets[]>>();
  /** Of the message at an offset, by group, topic and partition; `at`: when it was fetched, ms. */
  const fetched = new Map<string, { offset: number; time: number; at: number }>();

  async function timesAt(group: string, offsets: readonly GroupOffsets[]): Promise<GroupOffsets[]> {
    const keyOf = ({ topic, partition }: GroupOffsets) => `${group}/${topic}/${partition}`;
    const unread = offsets.filter(({ watermark, end }) => watermark < end);
    const isKnown = (one: GroupOffsets) => {
      const { offset, at } = fetched.get(keyOf(one)) ?? { offset: Number.NaN, at: Number.NEGATIVE_INFINITY };
      return (
        offset === one.watermark ||
        appended.timeOf(partitionOf(one), one.watermark) !== undefined ||
        performance.now() - at < fetchAgainMs
      );
    };
    const unknown = unread.filter((one) => !isKnown(one));
    if (unknown.length > 0) {
      const topics = unknown.map(({ topic }) => topic);
      raw ??= openRawCluster(kafka, topics);
      const cluster = await raw;
      await cluster.addTopics(topics);
      // Each for itself: of several, a broker answers so small a request with the first one's message alone.
      const fetches = unknown.map(async (one) => {
        const { topic, partition, watermark: offset } = one;
        const [answer] = await cluster.fetch([{ topic, partition, offset, maxBytes: 1 }], 0);
        const first = answer?.messages[0];
        if (first) fetched.set(keyOf(one), { offset, time: first.timestamp, at: performance.now() });
      });
      await Promise.all(fetches);
    }
    const timeOf = (one: GroupOffsets) => {
      const found = fetched.get(keyOf(one));
      if (found?.offset === one.watermark) return found.time;
      return appended.timeOf(partitionOf(one), one.watermark) ?? found?.time;
    };
    return offsets.map((one) => ({ ...one, unreadSince: unread.includes(one) ? timeOf(one) : undefined }));
  }

  /** Groups that are asked for at a time may read the same topic. */
  function partitionsOf(admin: Admin, topic: string): Promise<PartitionOffsets[]> {
    const answer =
      asked.get(topic) ??
      describeTopics(admin, [topic])
        .then((partitions) => {
          for (const one of partitions) appended.seen(partitionOf(one), one.end, Date.now());
          return partitions;
        })
        .finally(() => asked.delete(topic));
    asked.set(topic, answer);
    return answer;
  }

  async function describe(group: string, topics: readonly string[]): Promise<GroupOffsets[]> {
    const [partitions, committed] = await ask((admin) =>
      Promise.all([
        Promise.all(topics.map((topic) => partitionsOf(admin, topic))),
        committedOffsets(admin, group, topics),
      ]),
    );
    const offsets = partitions.flat().map((one) => groupOffsets(one, committed(one.topic, one.partition)));
    try {
      return await timesAt(group, offsets);
    } catch (error) {
      // The next look connects anew: a leader may have moved.
      void close();
      throw error;
    }
  }

  async function close(): Promise<void> {
    const closed = raw;
    raw = undefined;
    await closed?.then((cluster) => cluster.close()).catch(() => {});
  }

  return { describe: (group, topics) => asking(() => describe(group, topics)), close };
}

const partitionOf = ({ topic, partition }: PartitionOffsets) => `${topic}/${partition}`;

function groupOffsets(offsets: PartitionOffsets, committed: Committed | undefined): GroupOffsets {
  const { earliest, end } = offsets;
  const watermark = Math.max(committed?.watermark ?? earliest, earliest);
  // What retention removed counts no more, and neither do the acknowledged offsets among it.
  const acknowledged = committed?.watermark === watermark ? countOffsets(committed.acknowledged) : 0;
  return { ...offsets, watermark, lag: Math.max(0, end - watermark - acknowledged), unreadSince: undefined };
}
