import type { Admin, PartitionMetadata } from "kafkajs";
import type { Logger } from "pino";
import { messageOf, TmonError } from "../../errors.ts";
import type { Ask } from "./aside.ts";
import { isTopicUnknown } from "./failure.ts";

/** How many partitions each topic has, as the cluster said last; of one that was deleted, as it was. */
export interface Topics {
  /** @throws TmonError TMON_TOPIC_UNKNOWN */
  partitionsOf(topic: string): number;
  /** @throws TmonError TMON_TOPIC_MISSING, TMON_BUS_UNREACHABLE */
  refresh(): Promise<void>;
  /** Looks again when what is known is this old, ms, and every second while a topic is missing; tells of it once. */
  watch(maxAgeMs: number, deleted: (names: readonly string[]) => void): void;
  /** Somebody was told that there is no such topic: looks again soon. */
  suspect(): void;
  trouble(): string | undefined;
  close(): void;
}

const lookEveryMs = 1_000;

/** Over connections of its own: what is asked here would confuse other questions. */
export function createTopics(ask: Ask, names: readonly string[], log: Logger): Topics {
  const counts = new Map<string, number>();
  let missing: string[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  let watching: NodeJS.Timeout | undefined;
  let looking = false;

  async function refresh(): Promise<void> {
    lookedAt = performance.now();
    const gone: string[] = [];
    for (const name of names) {
      const partitions = await ask((admin) => partitionsIn(admin, name));
      if (partitions) counts.set(name, partitions.length);
      else gone.push(name);
    }
    const wereMissing = missing;
    missing = gone;
    if (gone.length > 0) throw new TmonError("TMON_TOPIC_MISSING", missingText(gone), missingTodo);
    if (wereMissing.length > 0) log.info({ topics: wereMissing }, "the topics are there again");
  }

  async function lookAgain(deleted: (names: readonly string[]) => void): Promise<void> {
    const before = missing;
    looking = true;
    await refresh().catch((error: unknown) => {
      if (missing.length === 0) log.warn({ error: messageOf(error) }, "the topics could not be looked up");
    });
    looking = false;
    const gone = missing.filter((name) => !before.includes(name));
    if (gone.length === 0) return;
    log.error({ topics: gone }, `${missingText(gone)}: ${missingTodo}`);
    deleted(gone);
  }

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
    refresh,
    watch(maxAgeMs, deleted) {
      watching = setInterval(() => {
        const isDue = missing.length > 0 || performance.now() - lookedAt > maxAgeMs;
        if (isDue && !looking) void lookAgain(deleted);
      }, lookEveryMs);
    },
    suspect() {
      lookedAt = Number.NEGATIVE_INFINITY;
    },
    trouble: () => (missing.length === 0 ? undefined : `${missingText(missing)}: ${missingTodo}`),
    close: () => clearInterval(watching),
  };
}

const missingText = (topics: readonly string[]) => `Kafka has no topic ${topics.join(", ")}`;
const missingTodo = "create what is missing with `tmon init-topics`";

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
    if (isTopicUnknown(error)) return undefined;
    throw error;
  }
}
