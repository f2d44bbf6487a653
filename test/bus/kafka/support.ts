import { type Admin, Kafka, logLevel } from "kafkajs";
import { onTestFinished } from "vitest";
import type { Bus } from "../../../src/bus/bus.ts";
import { createTopics, type KafkaCluster } from "../../support/kafka.ts";
import { type KafkaTarget, openTestBus } from "../support/test-bus.ts";

let made = 0;

/** A topic, of four partitions unless told, and buses on it that are closed after the test. */
export async function newTopic(
  cluster: KafkaCluster,
  replicas = 3,
  config: Record<string, string> = {},
  partitions = 4,
) {
  made += 1;
  const topic = `topic-${process.pid}-${made}`;
  await createTopics(cluster, [topic], replicas, config, partitions);
  const target: KafkaTarget = { kind: "kafka", brokers: cluster.brokers, topics: [topic] };
  const bus = async (): Promise<Bus> => {
    const opened = await openTestBus(target);
    onTestFinished(() => opened.close());
    return opened;
  };
  return { topic, target, group: `group-${process.pid}-${made}`, bus };
}

export async function lagOf(bus: Bus, group: string, topic: string): Promise<number> {
  return (await bus.describeGroup(group, [topic])).reduce((sum, { lag }) => sum + lag, 0);
}

export function plainKafka({ brokers }: Pick<KafkaCluster, "brokers">): Kafka {
  return new Kafka({ brokers, logLevel: logLevel.NOTHING });
}

export async function administer(
  cluster: Pick<KafkaCluster, "brokers">,
  act: (admin: Admin) => Promise<unknown>,
): Promise<void> {
  const admin = plainKafka(cluster).admin();
  await admin.connect();
  await act(admin);
  await admin.disconnect();
}
