import type { Admin, PartitionMetadata } from "kafkajs";
import { TmonError } from "../../errors.ts";
import { asking, rootOf } from "./failure.ts";

/** How many partitions each topic has, as the cluster said last. */
export interface Topics {
  /** @throws TmonError TMON_TOPIC_UNKNOWN */
  partitionsOf(topic: string): number;
  /** @throws TmonError TMON_TOPIC_MISSING, TMON_BUS_UNREACHABLE */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Over a connection of its own: what is asked here would confuse other questions. */
export function createTopics(admin: Admin, names: readonly string[]): Topics {
  let counts = new Map<string, number>();
  return {
    partitionsOf(topic) {
      const partitions = counts.get(topic);
      if (partitions !== undefined) return partitions;
      throw new TmonError(
        "TMON_TOPIC_UNKNOWN",
        `There is no topic ${topic}.`,
        `There are ${[...counts.keys()].join(", ")}.`,
      );
    },
    async refresh() {
      const found = new Map<string, number>();
      for (const name of names) {
        const partitions = await asking(() => partitionsIn(admin, name));
        if (partitions) found.set(name, partitions.length);
      }
      counts = found;
      const missing = names.filter((name) => !counts.has(name));
      if (missing.length === 0) return;
      throw new TmonError(
        "TMON_TOPIC_MISSING",
        `Kafka has no topic ${missing.join(", ")}`,
        "create the topics with `tmon init-topics`",
      );
    },
    close: () => admin.disconnect(),
  };
}

/**
 * Undefined where there is no such topic. One at a time, and never all there are: an answer about several fails
 * for the one that has no leader, whoever's it is.
 */
export async function partitionsIn(admin: Admin, topic: string): Promise<PartitionMetadata[] | undefined> {
  const answer = await ifKnown(admin.fetchTopicMetadata({ topics: [topic] }));
  return answer?.topics[0]?.partitions;
}

/** Undefined where the broker asked has no such topic, or has not heard of it yet. */
export async function ifKnown<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (rootOf(error).type === "UNKNOWN_TOPIC_OR_PARTITION") return undefined;
    throw error;
  }
}
