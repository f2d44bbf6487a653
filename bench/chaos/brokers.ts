import { existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { Kafka, logLevel } from "kafkajs";
import { freePort } from "../../test/support/free-port.ts";

const script = fileURLToPath(new URL("../../deployment/local/kafka/kafka", import.meta.url));
export const brokerIds = [1, 2, 3] as const;
export type BrokerId = (typeof brokerIds)[number];

export interface Brokers {
  /** HOST:PORT of each. */
  readonly addresses: string[];
  signal(id: BrokerId, signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT"): void;
  /** Once it is gone. */
  restart(id: BrokerId): Promise<void>;
  /** Resolves when all three are there and every replica is in sync. */
  inSync(): Promise<void>;
  /** Ends them at once and removes what they kept. */
  wipe(): void;
}

/** Three brokers that end with this process. */
export async function startBrokers(directory: string): Promise<Brokers> {
  const ports = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const addresses = ports.slice(0, 3).map((port) => `127.0.0.1:${port}`);
  const env = { KAFKA_DIR: directory, KAFKA_PORTS: ports.join(" "), KAFKA_OWNER: String(process.pid) };
  const kafka = (...args: string[]) => execa(script, args, { env, stdio: "ignore" });
  const pidFile = (id: BrokerId) => `${directory}/${id}.pid`;
  const pidOf = (id: BrokerId) => Number(readFileSync(pidFile(id), "utf8"));
  const brokers: Brokers = {
    addresses,
    signal: (id, signal) => void process.kill(pidOf(id), signal),
    async restart(id) {
      while (isAlive(pidOf(id))) await delay(50);
      await kafka("broker", String(id));
    },
    async inSync() {
      while (!(await areInSync(addresses))) await delay(200);
    },
    wipe() {
      const started = brokerIds.filter((id) => existsSync(pidFile(id)));
      for (const id of started) if (isAlive(pidOf(id))) brokers.signal(id, "SIGKILL");
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  process.once("exit", brokers.wipe);
  await kafka("start", "3");
  await brokers.inSync();
  return brokers;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function areInSync(brokers: string[]): Promise<boolean> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
  try {
    await admin.connect();
    const { brokers: there } = await admin.describeCluster();
    const { topics } = await admin.fetchTopicMetadata();
    const partitions = topics.flatMap((topic) => topic.partitions);
    return there.length === 3 && partitions.every(({ isr, replicas }) => isr.length === replicas.length);
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
