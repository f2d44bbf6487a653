import type { Socket } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import { Secret } from "../../../src/config/secret.ts";
import { type KafkaCluster, useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { collect } from "../support/collect.ts";
import { kafkaConfig } from "../support/test-bus.ts";
import { newTopic } from "./support.ts";

const username = `operator-${process.pid}`;
const jars = join(
  process.env.KAFKA_LIB ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tmon/kafka-4.1.1"),
  "*",
);

async function setPassword({ brokers }: KafkaCluster, password: string): Promise<void> {
  const what = ["--entity-type", "users", "--entity-name", username, "--alter"];
  const scram = ["--add-config", `SCRAM-SHA-256=[password=${password}]`];
  const command = "kafka.admin.ConfigCommand";
  const light = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
  await execa("java", [...light, "-cp", jars, command, "--bootstrap-server", brokers[0]!, ...what, ...scram]);
}

/** As a broker does that restarts, or that wants its clients to log in anew. */
function breakConnections(brokers: readonly string[]): void {
  const ports = brokers.map((broker) => Number(broker.split(":")[1]));
  const handles = (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles();
  for (const handle of handles)
    if ("remotePort" in handle && ports.includes(Number(handle.remotePort)))
      (handle as Socket).destroy(new Error("read ECONNRESET"));
}

describe.skipIf(lacks("kafka"))("on Kafka, when the password is changed while a role runs", () => {
  const kafka = useKafka();

  test("that is said; put back, it goes on with nothing lost", async () => {
    await setPassword(kafka(), "first");
    const { topic, group } = await newTopic(kafka());
    const config = kafkaConfig(kafka().saslBrokers, {
      protocol: "SASL_PLAINTEXT",
      saslMechanism: "SCRAM-SHA-256",
      saslUsername: username,
      saslPassword: new Secret("first"),
    });
    const log = pino({ level: "silent" });
    const bus = await openKafkaBus({
      kafka: config,
      topics: [topic],
      log,
      ending: new AbortController().signal,
    });
    onTestFinished(() => bus.close());
    const member = await collect(bus, { group, topics: [topic] });
    const write = (text: string): Promise<void> =>
      bus.produce([{ topic, key: "k", value: Buffer.from(text) }]).catch(() => write(text));
    await write("before");
    await until(() => member.values().includes("before"));

    await setPassword(kafka(), "second");
    breakConnections(kafka().saslBrokers);
    const writing = write("meanwhile");
    await until(() => bus.trouble()?.includes("Kafka refuses"));
    await setPassword(kafka(), "first");
    await writing;
    await until(() => member.values().includes("meanwhile"));
    await until(() => bus.trouble() === undefined);
    expect(new Set(member.values())).toEqual(new Set(["before", "meanwhile"]));
  });
});
