import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { Writable } from "node:stream";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import type { KafkaConfig } from "../../../src/config/config.ts";
import { Secret } from "../../../src/config/secret.ts";
import { useKafka } from "../../support/kafka.ts";
import { saslUser } from "../../support/kafka-listeners.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { kafkaConfig } from "../support/test-bus.ts";
import { newTopic } from "./support.ts";

/** Kafka's error code. */
const unsupportedMechanism = 33;

/** Everything that is logged, at any level. */
function listeningLog() {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { log: pino({ level: "trace" }, stream), text: () => text };
}

describe.skipIf(lacks("kafka"))("on Kafka, connecting", () => {
  const kafka = useKafka();

  const open = (
    config: KafkaConfig,
    topics: string[],
    log = pino({ level: "silent" }),
    ending = new AbortController().signal,
  ) => openKafkaBus({ kafka: config, topics, log, ending });

  function sasl(saslMechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512", password: string): KafkaConfig {
    return kafkaConfig(kafka().saslBrokers, {
      protocol: "SASL_PLAINTEXT",
      saslMechanism,
      saslUsername: saslUser.username,
      saslPassword: new Secret(password),
    });
  }

  test.each(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const)(
    "%s lets in with the right password; a wrong one is refused, and stands in no log",
    async (mechanism) => {
      const { topic } = await newTopic(kafka());
      const right = await open(sasl(mechanism, saslUser.password), [topic]);
      await right.produce([{ topic, key: "k", value: Buffer.from("x") }]);
      await right.close();
      const { log, text } = listeningLog();
      await expect(open(sasl(mechanism, "not-the-password"), [topic], log)).rejects.toMatchObject({
        code: "TMON_BUS_REFUSED",
      });
      expect(text()).toContain("kafkajs");
      expect(text()).not.toContain("not-the-password");
    },
  );

  test("a connection that breaks off while it logs in is no refusal: it is tried again", async () => {
    const { topic } = await newTopic(kafka());
    const port = await freePort();
    const [host, target] = kafka().saslBrokers[0]!.split(":");
    let broken = 0;
    const server = createServer((socket) => {
      const upstream = connect(Number(target), host);
      let requests = 0;
      // Versions, mechanism, password: the third is never answered.
      socket.on("data", (bytes) => {
        requests += 1;
        if (requests < 3 || broken === 3) return void upstream.write(bytes);
        broken += 1;
        socket.destroy();
      });
      upstream.pipe(socket);
      for (const end of [socket, upstream]) end.on("error", () => {});
      socket.on("close", () => upstream.destroy());
    }).listen(port, "127.0.0.1");
    onTestFinished(() => void server.close());
    const config = { ...sasl("PLAIN", saslUser.password), brokers: [`127.0.0.1:${port}`] };
    const bus = await open(config, [topic]);
    expect(broken).toBe(3);
    await bus.close();
  });

  test("a mechanism that is refused while writing begins fails that write alone: the next connects anew", async () => {
    const { topic } = await newTopic(kafka());
    const [host, target] = kafka().saslBrokers[0]!.split(":");
    let refusing = false;
    const server = createServer((socket) => {
      const upstream = connect(Number(target), host);
      let answers = 0;
      socket.pipe(upstream);
      // Versions, then the mechanism.
      upstream.on("data", (bytes) => {
        answers += 1;
        if (refusing && answers === 2) bytes.writeInt16BE(unsupportedMechanism, 8);
        socket.write(bytes);
      });
      for (const end of [socket, upstream]) end.on("error", () => {});
      socket.on("close", () => upstream.destroy());
      upstream.on("close", () => socket.destroy());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const bus = await open({ ...sasl("PLAIN", saslUser.password), brokers: [`127.0.0.1:${port}`] }, [topic]);
    onTestFinished(() => bus.close());
    const write = () => bus.produce([{ topic, key: "k", value: Buffer.from("x") }]);
    refusing = true;
    await expect(write()).rejects.toMatchObject({ code: "TMON_BUS_WRITE" });
    refusing = false;
    await write();
  });

  test("a cluster that is not up yet is waited for, which is said; it goes on once it is", async () => {
    const { topic } = await newTopic(kafka());
    const port = await freePort();
    const { log, text } = listeningLog();
    const opening = open(kafkaConfig([`127.0.0.1:${port}`]), [topic], log);
    await until(() => text().includes("waiting for Kafka"));
    const [host, target] = kafka().brokers[0]!.split(":");
    const server = createServer((socket) => {
      const upstream = connect(Number(target), host);
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on("error", () => {});
    }).listen(port, "127.0.0.1");
    onTestFinished(() => void server.close());
    const bus = await opening;
    expect(await bus.describeTopics([topic])).toHaveLength(4);
    await bus.close();
  });

  test("the wait for a cluster ends with the signal", async () => {
    const ending = new AbortController();
    const { log, text } = listeningLog();
    const opening = open(kafkaConfig([`127.0.0.1:${await freePort()}`]), ["t"], log, ending.signal);
    await until(() => text().includes("waiting for Kafka"));
    ending.abort(new Error("stopped"));
    await expect(opening).rejects.toThrow();
  });

  test("a topic that is missing is an error that says what creates it, and is not created", async () => {
    const { topic } = await newTopic(kafka());
    for (let round = 0; round < 2; round++)
      await expect(open(kafkaConfig(kafka().brokers), [topic, "forgotten"])).rejects.toMatchObject({
        code: "TMON_TOPIC_MISSING",
        message: expect.stringContaining("forgotten"),
        todo: expect.stringContaining("tmon init-topics"),
      });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
