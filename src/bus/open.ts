import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import type { TopicId } from "../messages/topics.ts";
import type { Bus } from "./bus.ts";
import { openEmbeddedBus } from "./embedded/open.ts";
import { openKafkaBus } from "./kafka/open.ts";

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

/**
 * Opens the bus the configuration chose; `ending` ends the wait for a cluster that is not there yet, and so does
 * the end of patience, if there is one.
 */
export async function openBus(
  config: Config,
  log: Logger,
  ending = new AbortController().signal,
  patienceMs?: number,
): Promise<Bus> {
  const { kind, durability, retentionMs, retentionBytes } = config.bus;
  if (kind === "kafka") {
    const names = Object.values(config.topics).map(({ name }) => name);
    return openKafkaBus({ kafka: config.kafka, topics: names, log, ending, patienceMs });
  }
  const topics = Object.entries(config.topics).map(([id, { name, partitions }]) => ({
    name,
    partitions,
    share: shares[id as TopicId],
  }));
  return openEmbeddedBus({ dataDir: config.dataDir, topics, durability, retentionMs, retentionBytes, log });
}
