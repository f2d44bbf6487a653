import type { EachBatchPayload, OffsetsByTopicPartition } from "kafkajs";
import type { Logger } from "pino";
import { type HeldPartition, takeCommits } from "../held-partitions.ts";
import { within } from "./aside.ts";
import { metadataOf } from "./describe.ts";
import { wordsOf } from "./failure.ts";

/** What the library has not sent by then it may never. */
const commitWithinMs = 10_000;

type Send = EachBatchPayload["commitOffsetsIfNecessary"];

/**
 * Commits what is acknowledged of the partitions held. The library's own commit tries again by itself, across
 * rebalances too, and would take the group back in partitions another member has by then. What it gives a
 * handler of batches sends once, in the generation of that moment.
 */
export interface Commits {
  /** With each batch. */
  sendBy(send: Send): void;
  /** The membership ended: nothing can be committed before the next batch. */
  forget(): void;
  /** Never rejects: what could not be committed is tried again with the next. */
  commit(): Promise<void>;
  running(): boolean;
  /** False before the first batch of a membership. */
  possible(): boolean;
}

export function createCommits(group: string, held: () => Iterable<HeldPartition>, log: Logger): Commits {
  let send: Send | undefined;
  let running: Promise<void> | undefined;
  let failing = false;

  async function commit(by: Send): Promise<void> {
    const slots = [...held()].flatMap((one) => one.slots.filter((slot) => slot.dirty));
    const topics = [...held()].flatMap((one) =>
      takeCommits(one).map(({ topic, watermark, acknowledged }) => ({
        topic,
        partitions: [
          { partition: one.partition, offset: String(watermark), metadata: metadataOf(acknowledged) },
        ],
      })),
    );
    if (topics.length === 0) return;
    try {
      await within(commitWithinMs, by({ topics: merged(topics) }));
      if (failing) log.info({ group }, "can commit again");
      failing = false;
    } catch (error) {
      for (const slot of slots) slot.dirty = true;
      if (!failing) log.warn({ group, error: wordsOf(error) }, "could not commit; trying again");
      failing = true;
    }
  }

  return {
    sendBy(by) {
      send = by;
    },
    forget() {
      send = undefined;
    },
    commit() {
      if (send === undefined) return Promise.resolve();
      running ??= commit(send).finally(() => {
        running = undefined;
      });
      return running;
    },
    running: () => running !== undefined,
    possible: () => send !== undefined,
  };
}

function merged(topics: OffsetsByTopicPartition["topics"]): OffsetsByTopicPartition["topics"] {
  const byTopic = new Map<string, OffsetsByTopicPartition["topics"][number]>();
  for (const { topic, partitions } of topics) {
    const other = byTopic.get(topic);
    if (other) other.partitions.push(...partitions);
    else byTopic.set(topic, { topic, partitions });
  }
  return [...byTopic.values()];
}
