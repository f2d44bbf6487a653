import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { freePort } from "../../../test/support/free-port.ts";

const script = fileURLToPath(new URL("../../../deployment/local/kafka/kafka", import.meta.url));
const upWithinMs = 60_000;

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

/** One real broker on free ports. Where this process is killed, it ends as well. */
export async function startBroker(): Promise<Broker> {
  const directory = await mkdtemp(join(tmpdir(), "tmon-bench-kafka-"));
  const ports = [await freePort(), await freePort()];
  const env = { KAFKA_DIR: directory, KAFKA_PORTS: ports.join(" "), KAFKA_OWNER: String(process.pid) };
  const address = `127.0.0.1:${ports[0]}`;
  // In a session of its own: Ctrl-C is for this process, which takes it down in order.
  const kafka = (command: string) => execa(script, [command], { env, stdio: "ignore", detached: true });
  await kafka("start");
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  await connect(admin);
  return {
    address,
    admin,
    async createTopic(name) {
      const configEntries = [{ name: "message.timestamp.type", value: "LogAppendTime" }];
      await admin.createTopics({
        topics: [{ topic: name, numPartitions: partitions, replicationFactor: 1, configEntries }],
      });
    },
    async messages(topic) {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets.reduce((sum, { offset }) => sum + Number(offset), 0);
    },
    async stop() {
      await admin.disconnect().catch(() => {});
      await kafka("wipe");
    },
  };
}

async function connect(admin: Admin): Promise<void> {
  const since = performance.now();
  for (;;) {
    try {
      await admin.connect();
      await admin.describeCluster();
      return;
    } catch (error) {
      if (performance.now() - since > upWithinMs) throw error;
      await delay(200);
    }
  }
}
