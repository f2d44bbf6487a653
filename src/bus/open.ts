import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import type { TopicId } from "../messages/topics.ts";
import type { Bus } from "./bus.ts";

/**
 * How much of retention.size the whole log may take before a topic's messages wait. Roles acknowledge what they
 * read only after they have written what comes of it: were all topics refused at the same size, a full bus would
 * stay full for ever. So each step of the way has room that the steps before it cannot take, and whatever
 * nobody's work depends on may take the last of it.
 */
const shares: Record<TopicId, number> = {
  "detection-results": 0.7,
  "assessment-tasks": 0.85,
  "risk-assessment-results": 0.95,
  incidents: 1,
  "dead-letters": 1,
};

/** What is wanted of a cluster, and how long one that is not there yet is waited for. */
export interface BusWishes {
  ending?: AbortSignal;
  /** By default for ever. */
  patienceMs?: number;
  /** Topics that must be there, by default all. */
  needs?: readonly TopicId[] | undefined;
}

/** Opens the bus the configuration chose, and loads that one's library alone: commands start sooner. */
export async function openBus(
  config: Config,
  log: Logger,
  { ending = new AbortController().signal, patienceMs, needs }: BusWishes = {},
): Promise<Bus> {
  const { kind, durability, retentionMs, retentionBytes } = config.bus;
  if (kind === "kafka") {
    const topics = Object.values(config.topics).map(({ name }) => name);
    const needed = needs?.map((id) => config.topics[id].name);
    const { openKafkaBus } = await import("./kafka/open.ts");
    return openKafkaBus({ kafka: config.kafka, topics, needed, log, ending, patienceMs });
  }
  const topics = Object.entries(config.topics).map(([id, { name, partitions }]) => ({
    name,
    partitions,
    share: shares[id as TopicId],
  }));
  const { openEmbeddedBus } = await import("./embedded/open.ts");
  return openEmbeddedBus({ dataDir: config.dataDir, topics, durability, retentionMs, retentionBytes, log });
}
