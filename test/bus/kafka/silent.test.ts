import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { kafkaConfig } from "../support/test-bus.ts";
import { newTopic } from "./support.ts";

/** Accepts connections, reads, and says nothing. */
async function startSilentServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.resume().on("error", () => {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.skipIf(lacks("kafka"))("on Kafka, a broker that accepts and never answers", () => {
  const kafka = useKafka();
  const open = (brokers: string[], topic: string, patienceMs?: number) =>
    openKafkaBus({
      kafka: kafkaConfig(brokers),
      topics: [topic],
      log: pino({ level: "silent" }),
      ending: new AbortController().signal,
      patienceMs,
    });

  test("stands among others, wherever in the list: the bus opens, writes and reads through those", async () => {
    const { topic } = await newTopic(kafka());
    const silent = await startSilentServer();
    const [first, ...others] = kafka().brokers as [string, ...string[]];
    const lists = [
      [silent, first, ...others],
      [first, silent, ...others],
    ];
    await Promise.all(
      lists.map(async (brokers) => {
        const bus = await open(brokers, topic);
        await bus.produce([{ topic, key: "k", value: Buffer.from("x") }]);
        expect(await bus.describeTopics([topic])).toHaveLength(4);
        await bus.close();
      }),
    );
  }, 60_000);

  test("is the only one: whoever has patience for so long is told that Kafka does not answer", async () => {
    const silent = await startSilentServer();
    await expect(open([silent], "t", 500)).rejects.toMatchObject({
      code: "TMON_BUS_UNREACHABLE",
    });
  });
});
