import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { freePort } from "../../test/support/free-port.ts";

const script = fileURLToPath(new URL("../../deployment/local/kafka/kafka", import.meta.url));
const answersWithinMs = 60_000;

export interface Broker {
  address: string;
  admin: Admin;
  /** As `tmon init-topics` makes them. */
  createTopic(name: string): Promise<void>;
  /** How many messages the topic holds. */
  messages(topic: string): Promise<number>;
  /** Takes it down, and what it wrote with it. */
  stop(): Promise<void>;
}

export const partitions = 16;

/** One real broker on free ports. It ends with this process, and after Ctrl-C leaves nothing behind. */
export async function startBroker(): Promise<Broker> {
  const directory = await mkdtemp(join(tmpdir(), "tmon-bench-kafka-"));
  const ports = [await freePort(), await freePort()];
  const env = { KAFKA_DIR: directory, KAFKA_PORTS: ports.join(" "), KAFKA_OWNER: String(process.pid) };
  const address = `127.0.0.1:${ports[0]}`;
  // In a session of its own: Ctrl-C is for this process, which takes it down in order.
  const kafka = (command: string) => execa(script, [command], { env, stdio: "ignore", detached: true });
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  const started = kafka("start");
  let stopping: Promise<unknown> | undefined;
  const stop = async () => {
    stopping ??= Promise.allSettled([admin.disconnect(), started]).then(() => kafka("wipe"));
    await stopping;
  };
  process.once("SIGINT", () => stop().finally(() => process.exit(130)));
  process.once("SIGTERM", () => stop().finally(() => process.exit(143)));
  await started;
  await untilAnswered(() => admin.connect().then(() => admin.describeCluster()));
  return {
    address,
    admin,
    async createTopic(name) {
      const configEntries = [{ name: "message.timestamp.type", value: "LogAppendTime" }];
      await admin.createTopics({
        // It would ask before the broker has heard of the topic, and fail.
        waitForLeaders: false,
        topics: [{ topic: name, numPartitions: partitions, replicationFactor: 1, configEntries }],
      });
      await untilAnswered(() => admin.fetchTopicMetadata({ topics: [name] }));
    },
    async messages(topic) {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets.reduce((sum, { offset }) => sum + Number(offset), 0);
    },
    stop,
  };
}

async function untilAnswered(question: () => Promise<unknown>): Promise<void> {
  const since = performance.now();
  for (;;) {
    try {
      await question();
      return;
    } catch (error) {
      if (performance.now() - since > answersWithinMs) throw error;
      await delay(200);
    }
  }
}
