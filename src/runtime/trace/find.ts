import type { Bus, ReadFrom } from "../../bus/bus.ts";
import type { Config } from "../../config/config.ts";
import { type TopicId, topicIds } from "../../messages/topics.ts";
import { concerns, type Subject } from "./subject.ts";
import type { Station } from "./trace.ts";

export interface FindOptions {
  bus: Bus;
  config: Pick<Config, "topics">;
  signal: AbortSignal;
}

/** Clocks differ a little, and a message may be appended before its time. */
const earlierMs = 60_000;
/** A frame is published at once: past this it does not come any more. */
const detectionWithinMs = 600_000;

/** The first message of the subject, in the order of its way. */
export async function findFirst(
  { bus, config, signal }: FindOptions,
  subject: Subject,
): Promise<Station | undefined> {
  const { madeAt } = subject;
  const from: ReadFrom = madeAt === undefined ? "earliest" : { time: madeAt - earlierMs };
  for (const topic of topicIds) {
    const topics = [config.topics[topic].name];
    const latest =
      topic === "detection-results" && madeAt !== undefined ? madeAt + detectionWithinMs : Infinity;
    const open = new Set<number>();
    for (const { partition, earliest, end } of await bus.describeTopics(topics))
      if (earliest < end) open.add(partition);
    for await (const message of bus.read({ topics, from, untilEnd: true, signal })) {
      if (concerns(subject, topic, message)) return { topic, message };
      if (message.timestamp > latest) open.delete(message.partition);
      if (open.size === 0) break;
    }
  }
  return undefined;
}

/** A camera's messages stand in the same partition of these. */
const pipeline: readonly TopicId[] = ["detection-results", "assessment-tasks", "risk-assessment-results"];
/** Repeats come soon after the first. */
const repeatsWithinMs = 60_000;

/**
 * The subject's other messages of a topic, in log order. `isComplete`: nothing more is to be expected but repeats;
 * the rest of the log need not be read.
 */
export async function findRest(
  { bus, config, signal }: FindOptions,
  subject: Subject,
  { first, topic, isComplete }: { first: Station; topic: TopicId; isComplete(stations: Station[]): boolean },
): Promise<Station[]> {
  const since = Math.min(first.message.timestamp, subject.madeAt ?? Infinity) - earlierMs;
  const sameCamera = pipeline.includes(topic) && pipeline.includes(first.topic);
  const stations: Station[] = [];
  const reading = bus.read({
    topics: [config.topics[topic].name],
    from: { time: since },
    untilEnd: true,
    signal,
    ...(sameCamera ? { partition: first.message.partition } : {}),
  });
  let lastAt = Infinity;
  for await (const message of reading) {
    if (concerns(subject, topic, message)) {
      stations.push({ topic, message });
      lastAt = sameCamera && isComplete(stations) ? message.timestamp : Infinity;
    }
    if (message.timestamp > lastAt + repeatsWithinMs) break;
  }
  return stations;
}

/**
 * How far back each topic reaches: append time of its oldest message, epoch ms; undefined if it has none. A group
 * that never read anything has all of it unread, and the bus says since when.
 */
export async function findReach({
  bus,
  config,
}: Pick<FindOptions, "bus" | "config">): Promise<Record<TopicId, number | undefined>> {
  const nameOf = (id: TopicId) => config.topics[id].name;
  const partitions = await bus.describeGroup("tmon-nobody", topicIds.map(nameOf));
  const reach = topicIds.map((id) => {
    const own = partitions.filter(({ topic }) => topic === nameOf(id));
    const times = own.flatMap(({ unreadSince }) => unreadSince ?? []);
    return [id, times.length === 0 ? undefined : Math.min(...times)] as const;
  });
  return Object.fromEntries(reach) as Record<TopicId, number | undefined>;
}
