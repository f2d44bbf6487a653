import type { Logger } from "pino";
import type { KafkaConfig } from "../../config/config.ts";
import type { Bus, ConsumeOptions, Consumer, OutgoingMessage } from "../bus.ts";
import { partitionOf } from "../partitioner.ts";
import { createAside } from "./aside.ts";
import { createClient } from "./client.ts";
import { firstConnection } from "./connection.ts";
import { type KafkaConsumer, startConsumer } from "./consumer.ts";
import { createGroupDescriber, describeTopics } from "./describe.ts";
import { isTopicUnknown } from "./failure.ts";
import type { PlacedMessage } from "./outbox.ts";
import { createProducer } from "./producer.ts";
import { readMessages } from "./reader.ts";
import { createTopics } from "./topics.ts";

export interface KafkaBusOptions {
  kafka: KafkaConfig;
  /** All that must be there. */
  topics: readonly string[];
  log: Logger;
  /** Ends the wait for a cluster that is not there yet. */
  ending: AbortSignal;
  /** For how long such a cluster is waited for; by default for ever. */
  patienceMs?: number | undefined;
}

/**
 * The bus on a Kafka cluster. Waits for one that is not there yet; when it is away later everything tries again,
 * and says why in trouble().
 * @throws TmonError TMON_BUS_REFUSED, TMON_BUS_UNREACHABLE, TMON_TLS_FAILED, TMON_TOPIC_MISSING
 */
export async function openKafkaBus(options: KafkaBusOptions): Promise<Bus> {
  const { kafka: config, topics, log, ending, patienceMs } = options;
  const kafka = createClient(config, log);
  const { known, topicsAside } = await firstConnection(
    kafka,
    { log, signal: ending, patienceMs },
    async (first) => {
      const topicsAside = createAside(kafka, first);
      const known = createTopics(topicsAside.ask, topics, log);
      await known.refresh();
      return { known, topicsAside };
    },
  );
  const aside = createAside(kafka);
  const producer = createProducer({ kafka, config, log, topicUnknown: known.suspect });
  const groups = createGroupDescriber(kafka, aside.ask);
  const consumers = new Set<KafkaConsumer>();
  known.watch(config.metadataMaxAgeMs, (names) => {
    for (const consumer of consumers) consumer.deleted(names);
  });
  const closing = new AbortController();
  let closed: Promise<void> | undefined;

  function place(message: OutgoingMessage): PlacedMessage {
    const { topic, key } = message;
    const partitions = known.partitionsOf(topic);
    return { ...message, partition: message.partition ?? partitionOf(key, partitions) };
  }

  function describe(names: readonly string[]) {
    names.forEach(known.partitionsOf);
    return aside.ask((admin) => describeTopics(admin, names));
  }

  async function consume(options: ConsumeOptions): Promise<Consumer> {
    options.topics.forEach(known.partitionsOf);
    const { metadataMaxAgeMs, retryBackoffMs } = config;
    const consumer = await startConsumer(
      { kafka, ask: aside.ask, log, metadataMaxAgeMs, retryBackoffMs },
      options,
    );
    consumers.add(consumer);
    return consumer;
  }

  async function close(): Promise<void> {
    closing.abort();
    await Promise.all([...consumers].map((consumer) => consumer.stop()));
    await producer.close();
    known.close();
    await Promise.all([groups.close(), aside.close(), topicsAside.close()]);
  }

  return {
    kind: "kafka",
    produce: async (messages) => producer.produce(messages.map(place)),
    consume,
    read: (options) => readMessages({ kafka, ask: aside.ask, describe, closing: closing.signal }, options),
    describeTopics: describe,
    async describeGroup(group, names) {
      names.forEach(known.partitionsOf);
      return groups.describe(group, names).catch((error: unknown) => {
        if (isTopicUnknown(error)) known.suspect();
        throw error;
      });
    },
    trouble: () =>
      known.trouble() ??
      producer.trouble() ??
      [...consumers].map((consumer) => consumer.trouble()).find((text) => text !== undefined),
    close() {
      closed ??= close();
      return closed;
    },
  };
}
