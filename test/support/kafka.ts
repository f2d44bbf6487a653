import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll } from "vitest";
import {
  type BrokerId,
  configureListeners,
  ids,
  type KafkaTls,
  saslUser,
  tlsFiles,
} from "./kafka-listeners.ts";
import { until } from "./until.ts";

const script = fileURLToPath(new URL("../../deployment/local/kafka/kafka", import.meta.url));

/** Three real brokers on free ports; everything of one run of the tests shares them. */
export interface KafkaCluster {
  brokers: string[];
  /** The same brokers, where they want saslUser: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
  saslBrokers: string[];
  /** The same over TLS, where they want a certificate. */
  sslBrokers: string[];
  /** The same over TLS, where they want saslUser. */
  saslSslBrokers: string[];
  tls: KafkaTls;
  signal(id: BrokerId, signal: "SIGKILL" | "SIGTERM" | "SIGSTOP"): void;
  /** After SIGKILL or SIGTERM, once it is gone; resolves as restore. */
  restart(id: BrokerId): Promise<void>;
  /** Starts and thaws what is not there; resolves when every replica is in sync. */
  restore(): Promise<void>;
  /** Where a broker keeps its log. */
  directory(id: BrokerId): string;
}

/**
 * The cluster for the tests of one file, started by the first file that wants it. Who kills brokers wants to be
 * alone with them. Global set-up names the directory and takes it all down.
 */
export function useKafka({ alone = false } = {}): () => KafkaCluster {
  let cluster: KafkaCluster | undefined;
  let release: (() => void) | undefined;
  beforeAll(async () => {
    const directory = process.env.TMON_TEST_RUN!;
    release = await enter(directory, alone);
    const starting = await lock(join(directory, "kafka-starting"));
    try {
      cluster = await startOrJoin(join(directory, "kafka"));
      if (alone) await deleteTopics(cluster);
    } finally {
      starting();
    }
  }, 300_000);
  afterAll(() => release?.());
  return () => cluster!;
}

/** Topics, of four partitions unless told, new ones for each test. */
export async function createTopics(
  { brokers }: KafkaCluster,
  names: string[],
  replicas = 3,
  config: Record<string, string> = {},
  partitions = 4,
): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: false,
    topics: names.map((topic) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: replicas,
      configEntries: Object.entries({ "min.insync.replicas": replicas === 3 ? "2" : "1", ...config }).map(
        ([name, value]) => ({ name, value }),
      ),
    })),
  });
  await admin.disconnect();
  await Promise.all(brokers.map((broker) => knows(broker, names)));
}

/** What other files left: with thousands of partitions an election takes minutes. */
async function deleteTopics({ brokers }: KafkaCluster): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const left = async () => (await admin.listTopics()).filter((name) => !name.startsWith("__"));
  const topics = await left();
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await until(async () => (await left()).length === 0, { what: "the topics are gone" });
  await admin.disconnect();
}

/** Resolves when the broker has heard of the topics, and whom it names as leaders too. */
async function knows(broker: string, names: string[]): Promise<void> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  await admin.connect();
  const offsets = () => Promise.all(names.map((name) => admin.fetchTopicOffsets(name)));
  await until(() => offsets().catch(() => false), { what: `${broker} knows ${names}` });
  await admin.disconnect();
}

/** Ends the brokers of this run, if there are any. */
export async function stopKafka(run: string): Promise<void> {
  const directory = join(run, "kafka");
  for (const id of ids) {
    try {
      process.kill(pidOf(directory, id), "SIGKILL");
    } catch {
      // Never started, or gone.
    }
  }
  if (existsSync(directory)) await execa(script, ["wipe"], { env: { KAFKA_DIR: directory } });
}

async function startOrJoin(directory: string): Promise<KafkaCluster> {
  const file = join(directory, "ports.json");
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true });
    const ports = await freePorts(15);
    await configureListeners(directory, ports);
    await start(directory, ports, ["start", "3"]);
    writeFileSync(file, JSON.stringify(ports));
  }
  const ports = JSON.parse(readFileSync(file, "utf8")) as number[];
  const cluster = clusterAt(directory, ports);
  await inSync(cluster.brokers);
  return cluster;
}

function start(directory: string, ports: number[], command: string[]) {
  return execa(script, command, {
    env: {
      KAFKA_DIR: directory,
      KAFKA_PORTS: ports.slice(0, 6).join(" "),
      KAFKA_FORMAT: ["SCRAM-SHA-256", "SCRAM-SHA-512"]
        .map((name) => `--add-scram ${name}=[name=${saslUser.username},password=${saslUser.password}]`)
        .join(" "),
      KAFKA_OWNER: process.env.TMON_TEST_RUN_PID!,
    },
    stdin: "ignore",
  });
}

function clusterAt(directory: string, ports: number[]): KafkaCluster {
  const at = (from: number) => ports.slice(from, from + 3).map((port) => `127.0.0.1:${port}`);
  const brokers = at(0);
  const pid = (id: BrokerId) => pidOf(directory, id);
  async function restore(): Promise<void> {
    for (const id of ids) {
      if (isAlive(pid(id))) process.kill(pid(id), "SIGCONT");
      else await start(directory, ports, ["broker", String(id)]);
    }
    await inSync(brokers);
  }
  return {
    brokers,
    saslBrokers: at(6),
    sslBrokers: at(9),
    saslSslBrokers: at(12),
    tls: tlsFiles(directory),
    signal: (id, signal) => void process.kill(pid(id), signal),
    async restart(id) {
      await until(() => !isAlive(pid(id)), { what: `broker ${id} is gone` });
      await restore();
    },
    restore,
    directory: (id) => join(directory, String(id)),
  };
}

async function inSync(brokers: string[]): Promise<void> {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  const isInSync = async () => {
    const { brokers: there } = await admin.describeCluster();
    const { topics } = await admin.fetchTopicMetadata();
    const partitions = topics.flatMap((topic) => topic.partitions);
    return there.length === 3 && partitions.every(({ isr, replicas }) => isr.length === replicas.length);
  };
  const isUp = () => admin.connect().then(isInSync, () => false);
  const what = "three brokers are in sync";
  await until(() => isUp().catch(() => false), { timeoutMs: 180_000, what });
  await admin.disconnect();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function pidOf(directory: string, id: BrokerId): number {
  return Number(readFileSync(join(directory, `${id}.pid`), "utf8"));
}

/** Many, or one alone. */
async function enter(run: string, alone: boolean): Promise<() => void> {
  const users = join(run, "kafka-users");
  mkdirSync(users, { recursive: true });
  const gate = await lock(join(run, "kafka-gate"));
  if (alone) {
    await until(() => readdirSync(users).length === 0, {
      timeoutMs: 280_000,
      what: "nobody else uses Kafka",
    });
    return gate;
  }
  const user = join(users, randomUUID());
  writeFileSync(user, "");
  gate();
  return () => rmSync(user, { force: true });
}

/** The holder's pid is in the file: a dead one's lock is taken over. */
async function lock(file: string): Promise<() => void> {
  const take = () => {
    try {
      const descriptor = openSync(file, "wx");
      writeFileSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return true;
    } catch {
      const holder = Number(existsSync(file) ? readFileSync(file, "utf8") : 0);
      if (holder > 0 && !existsSync(`/proc/${holder}`)) rmSync(file, { force: true });
      return false;
    }
  };
  await until(take, { timeoutMs: 280_000, what: "the Kafka of the tests is free" });
  return () => rmSync(file, { force: true });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await until(() => servers.every((server) => server.listening));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
