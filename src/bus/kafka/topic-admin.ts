import kafkajs, { type Admin } from "kafkajs";
import type { KafkaConfig } from "../../config/config.ts";
import { type Patience, patiently } from "../patience.ts";
import { answerWithinMs, createAside } from "./aside.ts";
import { createClient } from "./client.ts";
import { firstConnection, type Waiting } from "./connection.ts";
import { rootOf } from "./failure.ts";
import { ifKnown, partitionsIn } from "./topics.ts";

/** A topic as it is on the cluster. */
export interface FoundTopic {
  name: string;
  partitions: number;
  /** Of the partition that has fewest. */
  replicas: number;
  /** All its settings, those of the broker's defaults too. */
  config: Record<string, string>;
}

export interface FoundCluster {
  brokers: number;
  /** Undefined where it may not be asked. */
  autoCreation: boolean | undefined;
  topics: FoundTopic[];
}

export interface NewTopic {
  name: string;
  partitions: number;
  replicas: number;
  config: Record<string, string>;
}

/** What changes topics. @throws TmonError TMON_BUS_REFUSED, TMON_BUS_UNREACHABLE, TMON_TLS_FAILED */
export interface TopicAdmin {
  inspect(names: readonly string[]): Promise<FoundCluster>;
  /** One that is there by now is left as it is. */
  create(topic: NewTopic): Promise<void>;
  setPartitions(topic: string, partitions: number): Promise<void>;
  /** Beside these the topic keeps the settings it has of its own. */
  setConfig(topic: string, config: Record<string, string>): Promise<void>;
  close(): Promise<void>;
}

export async function openTopicAdmin(
  config: KafkaConfig,
  waiting: Waiting,
  patience: Patience,
): Promise<TopicAdmin> {
  const kafka = createClient({ ...config, requestTimeoutMs: config.adminTimeoutMs }, waiting.log);
  await firstConnection(kafka, config, waiting, (first) => first.disconnect());
  const { ask, close } = createAside(kafka);
  /** The cluster may take its own time over a change. */
  const changing = <T>(change: (admin: Admin) => Promise<T>) =>
    ask(change, config.adminTimeoutMs + answerWithinMs);
  return {
    inspect: (names) => patiently(patience, () => ask((admin) => inspect(admin, names))),
    create: ({ name, partitions, replicas, config: wanted }) =>
      changing(async (admin) => {
        await admin.createTopics({
          timeout: config.adminTimeoutMs,
          // It would ask a broker that has not heard of the topic yet, and fail.
          waitForLeaders: false,
          topics: [
            {
              topic: name,
              numPartitions: partitions,
              replicationFactor: replicas,
              configEntries: Object.entries(wanted).map(([key, value]) => ({ name: key, value })),
            },
          ],
        });
      }),
    setPartitions: (topic, count) =>
      changing(async (admin) => {
        await admin.createPartitions({ topicPartitions: [{ topic, count }] });
      }),
    setConfig: (topic, wanted) => changing((admin) => setConfig(admin, topic, wanted)),
    close,
  };
}

async function inspect(admin: Admin, names: readonly string[]): Promise<FoundCluster> {
  const { brokers } = await admin.describeCluster();
  const topics: FoundTopic[] = [];
  for (const name of names) {
    const partitions = await partitionsIn(admin, name);
    const config = partitions && (await ifKnown(configOf(admin, name)));
    if (partitions === undefined || config === undefined) continue;
    topics.push({
      name,
      partitions: partitions.length,
      replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      config: Object.fromEntries(config.map(({ configName, configValue }) => [configName, configValue])),
    });
  }
  return {
    brokers: brokers.length,
    autoCreation: await createsByItself(admin, String(brokers[0]?.nodeId)),
    topics,
  };
}

async function configOf(admin: Admin, name: string) {
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({ resources: [{ type, name }], includeSynonyms: false });
  return resources[0]?.configEntries ?? [];
}

/** The request replaces all that a topic has of its own: what is there is sent along. */
async function setConfig(admin: Admin, topic: string, wanted: Record<string, string>): Promise<void> {
  const own = (await configOf(admin, topic)).filter(
    ({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG,
  );
  const kept = Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
  const configEntries = Object.entries({ ...kept, ...wanted }).map(([name, value]) => ({ name, value }));
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  await admin.alterConfigs({ validateOnly: false, resources: [{ type, name: topic, configEntries }] });
}

async function createsByItself(admin: Admin, broker: string): Promise<boolean | undefined> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.BROKER,
          name: broker,
          configNames: ["auto.create.topics.enable"],
        },
      ],
    });
    const entry = resources[0]?.configEntries.find(
      ({ configName }) => configName === "auto.create.topics.enable",
    );
    return entry && entry.configValue === "true";
  } catch (error) {
    // Its own right is needed for that one.
    if (/AUTHORIZATION_FAILED/.test(rootOf(error).type ?? "")) return undefined;
    throw error;
  }
}
