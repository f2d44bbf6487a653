import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { lacks } from "../../support/machine.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { openTestBus } from "../support/test-bus.ts";
import { administer } from "./support.ts";

const script = fileURLToPath(new URL("../../../deployment/local/kafka/kafka", import.meta.url));
const directory = temporaryDirectory();

/** A broker of its own, none of whose files may grow above 24 MB: the same to it as a full disk. */
async function startSmallBroker() {
  const [port, controller] = [await freePort(), await freePort()];
  const env = {
    KAFKA_DIR: directory,
    KAFKA_PORTS: `${port} ${controller}`,
    KAFKA_OWNER: process.env.TMON_TEST_RUN_PID!,
  };
  const run = (command: string) => execa("bash", ["-c", command, "sh", script], { env, stdin: "ignore" });
  onTestFinished(async () => void (await run('"$1" wipe')));
  await run('ulimit -f 24576; exec "$1" start 1');
  const pid = Number(readFileSync(join(directory, "1.pid"), "utf8"));
  return {
    brokers: [`127.0.0.1:${port}`],
    hasHalted: () => !isAlive(pid),
    startWithRoom: () => run('exec "$1" start'),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.skipIf(lacks("kafka"))("on Kafka, when a broker's disk is full", () => {
  test("it halts, which is said; with room again everything not confirmed is written, nothing is lost", async () => {
    const broker = await startSmallBroker();
    const topic = "pictures";
    await administer(broker, (admin) =>
      admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] }),
    );
    const bus = await openTestBus({ kind: "kafka", brokers: broker.brokers, topics: [topic] });
    onTestFinished(() => bus.close());

    // 30 MB, more than it has room for.
    const keys = Array.from({ length: 60 }, (_, index) => `camera-${index}`);
    // A test that failed must end, too: a closed bus refuses at once, and for ever.
    let isOver = false;
    onTestFinished(() => {
      isOver = true;
    });
    const write = (key: string): Promise<void> =>
      bus
        .produce([{ topic, key, value: Buffer.alloc(500_000) }])
        .catch((error) => (isOver ? Promise.reject(error) : write(key)));
    const writing = Promise.all(keys.map(write));
    writing.catch(() => {});
    await until(broker.hasHalted);
    await until(() => bus.trouble());
    await broker.startWithRoom();
    await writing;

    const found = new Set<string>();
    for await (const { key } of bus.read({ topics: [topic], from: "earliest", untilEnd: true }))
      found.add(key);
    expect(found).toEqual(new Set(keys));
    await until(() => bus.trouble() === undefined);
  });
});
