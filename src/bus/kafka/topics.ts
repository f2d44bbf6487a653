import type { Admin } from "kafkajs";
import { TmonError } from "../../errors.ts";
import { asking } from "./failure.ts";

/** How many partitions each topic has, as the cluster said last. */
export interface Topics {
  /** @throws TmonError TMON_TOPIC_UNKNOWN */
  partitionsOf(topic: string): number;
  /** @throws TmonError TMON_TOPIC_MISSING, TMON_BUS_UNREACHABLE */
  refresh(): Promise<void>;
}

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
      // Of all topics: asked for one that is missing, a broker may create it.
      const { topics } = await asking(() => admin.fetchTopicMetadata());
      counts = new Map(
        topics
          .filter(({ name }) => names.includes(name))
          .map(({ name, partitions }) => [name, partitions.length]),
      );
      const missing = names.filter((name) => !counts.has(name));
      if (missing.length === 0) return;
      throw new TmonError(
        "TMON_TOPIC_MISSING",
        `Kafka has no topic ${missing.join(", ")}`,
        "create the topics with `tmon init-topics`",
      );
    },
  };
}
