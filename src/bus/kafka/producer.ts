import { setTimeout as delay } from "node:timers/promises";
import {
  CompressionTypes,
  type Kafka,
  type Producer as KafkaProducer,
  Partitioners,
  type RecordMetadata,
} from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../../config/config.ts";
import { messageOf, TmonError } from "../../errors.ts";
import type { OutgoingMessage } from "../bus.ts";
import { within } from "./aside.ts";
import { isAnswer, isTopicUnknown, rootOf } from "./failure.ts";
import { groupBy } from "./group-by.ts";
import { createOutbox, type Entry, type PlacedMessage } from "./outbox.ts";

export interface Producer {
  /** @throws TmonError TMON_BUS_WRITE */
  produce(messages: readonly PlacedMessage[]): Promise<void>;
  trouble(): string | undefined;
  /** What waits is written, or refused after a while. */
  close(): Promise<void>;
}

interface ProducerOptions {
  kafka: Kafka;
  config: KafkaConfig;
  log: Logger;
  topicUnknown(): void;
}

/** The brokers elect a new leader within 10 s. Whoever waits longer is to know it, and to take nothing more in. */
const patienceMs = 20_000;
const troubleAfterMs = 2_000;
/** For a send the library never ends: it may wait for ever where a connection ends at a bad moment. */
const attemptMs = 15_000;
const longestRetryMs = 1_000;

/**
 * One send at a time keeps each partition's order; what is called for meanwhile goes together with the next.
 *
 *   idle -> sending -> idle | sending | failing (tries again, for 20 s) -> sending
 */
export function createProducer({ kafka, config, log, topicUnknown }: ProducerOptions): Producer {
  const outbox = createOutbox(config.maxRequestBytes);
  const compression = compressionOf(config.compression, log);
  let connection: Promise<KafkaProducer> | undefined;
  let running: Promise<void> | undefined;
  let sendingSince: number | undefined;
  let lastError = "it does not answer";
  let closing = false;

  function connected(): Promise<KafkaProducer> {
    if (connection !== undefined) return connection;
    const connecting = connect();
    connection = connecting;
    connecting.catch(() => {
      if (connection === connecting) connection = undefined;
    });
    return connecting;
  }

  async function connect(): Promise<KafkaProducer> {
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      metadataMaxAge: config.metadataMaxAgeMs,
      // Tried again here, where it is known for how long.
      retry: { retries: 0 },
    });
    try {
      await producer.connect();
    } catch (error) {
      void producer.disconnect().catch(() => {});
      throw error;
    }
    return producer;
  }

  /** With its connections goes what it believes of the cluster: a broker that never answers tells it nothing. */
  function disconnect(): void {
    connection?.then((producer) => producer.disconnect()).catch(() => {});
    connection = undefined;
  }

  async function run(): Promise<void> {
    await new Promise(setImmediate);
    while (!outbox.isEmpty()) await send(outbox.next());
    running = undefined;
  }

  async function send(entries: Entry[]): Promise<void> {
    try {
      await trySending(entries);
      for (const entry of entries) entry.written();
    } catch (error) {
      // One message that can never be written takes no other with it.
      if (entries.length > 1 && !isTransient(error)) for (const entry of entries) await send([entry]);
      else for (const entry of entries) entry.failed(writeError(error));
    }
  }

  async function trySending(entries: readonly Entry[]): Promise<void> {
    sendingSince = performance.now();
    const givenUpAt = sendingSince + patienceMs;
    lastError = "it does not answer";
    for (let waitMs = config.retryBackoffMs; ; waitMs = Math.min(waitMs * 2, longestRetryMs)) {
      try {
        await within(Math.min(attemptMs, givenUpAt - performance.now()), attempt(entries));
        sendingSince = undefined;
        return;
      } catch (error) {
        if (!isAnswer(error)) disconnect();
        if (!isTransient(error)) {
          sendingSince = undefined;
          throw error;
        }
        if (isTopicUnknown(error)) topicUnknown();
        lastError = messageOf(rootOf(error));
        if (closing || performance.now() + waitMs >= givenUpAt) throw error;
      }
      await delay(waitMs);
    }
  }

  async function attempt(entries: readonly Entry[]): Promise<void> {
    const producer = await connected();
    const topicMessages = topicMessagesOf(entries);
    requireAnswers(entries, await producer.sendBatch({ acks: -1, compression, topicMessages }));
  }

  return {
    produce(messages) {
      if (closing) return Promise.reject(writeError(new Error("the bus is closing")));
      const written = outbox.add(messages);
      running ??= run();
      return written;
    },
    trouble() {
      const ms = performance.now() - (sendingSince ?? performance.now());
      if (ms < troubleAfterMs) return undefined;
      return `Kafka has not taken a message for ${Math.floor(ms / 1000)} s: ${lastError}`;
    },
    async close() {
      closing = true;
      await running;
      await connection?.then((producer) => producer.disconnect()).catch(() => {});
    },
  };
}

function topicMessagesOf(entries: readonly Entry[]) {
  const messages = entries.map(({ message }) => message);
  return [...groupBy(messages, ({ topic }: OutgoingMessage) => topic)].map(([topic, group]) => ({
    topic,
    messages: group.map(({ key, value, headers, partition }) => ({
      key,
      value,
      partition,
      ...(headers ? { headers } : {}),
    })),
  }));
}

/** The library leaves out, without a word, what is for a partition it has not heard of yet. */
function requireAnswers(entries: readonly Entry[], answers: readonly RecordMetadata[]): void {
  const answered = new Set(answers.map(({ topicName, partition }) => `${topicName}/${partition}`));
  const left = entries.find(({ message: { topic, partition } }) => !answered.has(`${topic}/${partition}`));
  if (left) throw new Error(`partition ${left.message.partition} of ${left.message.topic} is not known yet`);
}

/** What the library does not give up as not worth a retry; a password that was changed may be put back. */
function isTransient(error: unknown): boolean {
  const root = rootOf(error) as Error & { retriable?: boolean };
  if (root.name === "KafkaJSSASLAuthenticationError") return true;
  return root.retriable !== false && !["TypeError", "RangeError"].includes(root.name);
}

function compressionOf(name: KafkaConfig["compression"], log: Logger): CompressionTypes {
  if (name === "zstd") {
    log.warn(
      "kafka.producer.compression_type zstd is one tmon reads and cannot write: it compresses with gzip",
    );
    return CompressionTypes.GZIP;
  }
  const types = {
    none: CompressionTypes.None,
    gzip: CompressionTypes.GZIP,
    snappy: CompressionTypes.Snappy,
    lz4: CompressionTypes.LZ4,
  };
  return types[name];
}

function writeError(error: unknown): TmonError {
  return new TmonError(
    "TMON_BUS_WRITE",
    `Kafka did not take a message: ${messageOf(rootOf(error))}`,
    "see that the brokers run, and that as many replicas as min.insync.replicas are in sync",
    { cause: error },
  );
}
