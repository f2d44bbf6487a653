import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { ISocketFactory } from "kafkajs";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import { createSilentBrokers } from "../../../src/bus/kafka/silent-brokers.ts";
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

test("a broker that ends a connection owes an answer, though it gave another: the connection fails", async () => {
  const server = createServer((socket) => {
    socket.once("data", () => socket.end("the first answer"));
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const socket = createSilentBrokers().connect(plainly("127.0.0.1", port)).resume();
  await once(socket, "connect");
  socket.write("two requests");
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({ message: expect.stringContaining("closed the connection") });
});

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
  });

  test("is the only one: whoever has patience for so long is told that Kafka does not answer", async () => {
    const silent = await startSilentServer();
    await expect(open([silent], "t", 500)).rejects.toMatchObject({
      code: "TMON_BUS_UNREACHABLE",
    });
  });

  test("is what a process that was stopped takes none for: it reads first what has come", async () => {
    const [host, port] = kafka().brokers[0]!.split(":") as [string, string];
    const brokers = createSilentBrokers();
    const socket = brokers.connect(plainly(host, Number(port)));
    await once(socket, "connect");
    const errors: Error[] = [];
    socket.resume().on("error", (error) => errors.push(error));
    // ApiVersions, which it answers.
    socket.write(Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, 0xff, 0xff]));
    for (const ms of [4_000, 3_000]) {
      stopFor(ms);
      // Once more around, through the timers that are due by now.
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    }
    expect(brokers.isSilent(`${host}:${port}`)).toBe(false);
    expect(errors).toEqual([]);
    socket.destroy();
  });
});

/** Without TLS, which the type does not foresee. */
function plainly(host: string, port: number) {
  return { host, port, onConnect: () => {} } as unknown as Parameters<ISocketFactory>[0];
}

/** As a signal does: nothing is read, and no timer runs. */
function stopFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
