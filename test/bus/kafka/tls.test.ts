import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { beforeAll, describe, expect, test } from "vitest";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import type { KafkaConfig } from "../../../src/config/config.ts";
import { Secret } from "../../../src/config/secret.ts";
import { useKafka } from "../../support/kafka.ts";
import { saslUser } from "../../support/kafka-listeners.ts";
import { lacks } from "../../support/machine.ts";
import { runTmon } from "../../support/tmon.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { kafkaConfig } from "../support/test-bus.ts";
import { newTopic } from "./support.ts";

type Security = Partial<KafkaConfig["security"]>;

describe.skipIf(lacks("kafka"))("on Kafka, over TLS", () => {
  const kafka = useKafka();
  let topic: string;
  beforeAll(async () => {
    topic = (await newTopic(kafka())).topic;
  });

  const open = (brokers: string[], security: Security) =>
    openKafkaBus({
      kafka: kafkaConfig(brokers, security),
      topics: [topic],
      log: pino({ level: "silent" }),
      ending: new AbortController().signal,
    });
  const authority = () => ({ caFile: kafka().tls.caFile });
  const client = () => ({
    certificateFile: kafka().tls.client.certificate,
    keyFile: kafka().tls.client.key,
    keyPassword: new Secret(kafka().tls.keyPassword),
  });
  const stranger = () => ({
    certificateFile: kafka().tls.stranger.certificate,
    keyFile: kafka().tls.stranger.key,
  });
  const login = (password = saslUser.password) => ({
    saslMechanism: "SCRAM-SHA-512" as const,
    saslUsername: saslUser.username,
    saslPassword: new Secret(password),
  });

  test("a client's certificate lets in, and so does a password", async () => {
    for (const bus of [
      await open(kafka().sslBrokers, { protocol: "SSL", ...authority(), ...client() }),
      await open(kafka().saslSslBrokers, { protocol: "SASL_SSL", ...authority(), ...login() }),
    ]) {
      await bus.produce([{ topic, key: "k", value: Buffer.from("x") }]);
      const ends = await bus.describeTopics([topic]);
      expect(ends.reduce((sum, { end }) => sum + end, 0)).toBeGreaterThan(0);
      await bus.close();
    }
  });

  test.each([
    ["brokers of an authority nobody named", () => client(), "ssl_ca_location"],
    [
      "brokers of another",
      () => ({ caFile: kafka().tls.stranger.certificate, ...client() }),
      "ssl_ca_location",
    ],
    ["clients without a certificate", () => authority(), "ssl_certificate_location"],
    ["clients with a stranger's", () => ({ ...authority(), ...stranger() }), "ssl_certificate_location"],
  ])("%s are told what to set, instead of waited for", async (_, security, key) => {
    const failing = open(kafka().sslBrokers, { protocol: "SSL", ...security() });
    await expect(failing).rejects.toMatchObject({
      code: "TMON_TLS_FAILED",
      exitCode: 2,
      message: expect.stringContaining("Kafka at 127.0.0.1:"),
      todo: expect.stringContaining(key),
    });
  });

  test("a listener without TLS, or with it alone, is not waited for", async () => {
    const [plain, secure] = [kafka().brokers.slice(0, 1), kafka().saslSslBrokers.slice(0, 1)];
    await expect(open(plain, { protocol: "SSL", ...authority() })).rejects.toMatchObject({
      code: "TMON_TLS_FAILED",
      message: `Kafka at ${plain} speaks no TLS`,
      todo: expect.stringContaining("protocol to PLAINTEXT"),
    });
    await expect(open(secure, { protocol: "SASL_PLAINTEXT", ...login() })).rejects.toMatchObject({
      code: "TMON_TLS_FAILED",
      message: `Kafka at ${secure} speaks TLS only`,
      todo: expect.stringContaining("protocol to SSL, or to SASL_SSL"),
    });
  });

  test("a broker reached by a name its certificate does not hold is refused", async () => {
    const brokers = kafka().saslSslBrokers.map((address) => address.replace("127.0.0.1", "localhost"));
    await expect(open(brokers, { protocol: "SASL_SSL", ...authority(), ...login() })).rejects.toMatchObject({
      code: "TMON_TLS_FAILED",
      todo: expect.stringContaining("as its certificate"),
    });
  });

  test("a key that needs another password, and a listener that knows no passwords, are refused", async () => {
    const wrongKey = { ...authority(), ...client(), keyPassword: new Secret("wrong") };
    await expect(open(kafka().sslBrokers, { protocol: "SSL", ...wrongKey })).rejects.toMatchObject({
      code: "TMON_CONFIG_INVALID",
      message: expect.stringContaining(kafka().tls.client.key),
    });
    await expect(open(kafka().brokers, { protocol: "SASL_PLAINTEXT", ...login() })).rejects.toMatchObject({
      code: "TMON_BUS_REFUSED",
      message: "Kafka refuses: it asks for no login at this port",
      todo: expect.stringContaining("protocol"),
    });
  });

  test("kafka.yaml says all of it, files beside it; commands end with 2 and one line when they are not let in", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "tls"));
    copyFileSync(kafka().tls.caFile, join(directory, "tls/ca.pem"));
    const write = (password: string, protocol = "SASL_SSL") =>
      writeFileSync(
        join(directory, "kafka.yaml"),
        `kafka:
  bootstrap_servers: ${kafka().saslSslBrokers.join()}
  security:
    protocol: ${protocol}
    sasl_mechanism: PLAIN
    sasl_username: ${saslUser.username}
    sasl_password: ${password}
    ssl_ca_location: tls/ca.pem
`,
      );
    const run = (command: string) => runTmon([command, "--bus", "kafka", "--config-dir", directory]);
    write(saslUser.password);
    const missing = await run("lag");
    expect(missing.stderr).toContain("TMON_TOPIC_MISSING");
    write("not-the-password");
    for (const { exitCode, stderr } of [await run("lag"), await run("init-topics")]) {
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^tmon: TMON_BUS_REFUSED: Kafka refuses: .*\n {2}what to do: .*$/m);
      expect(stderr).not.toContain("not-the-password");
    }
  });
});
