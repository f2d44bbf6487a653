import { connect, type Socket } from "node:net";
import kafkajs, { Kafka, logLevel } from "kafkajs";
import { describe, expect, onTestFinished, test } from "vitest";
import { openRawCluster } from "../../../src/bus/kafka/raw-cluster.ts";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { newTopic, plainKafka } from "./support.ts";

describe.skipIf(lacks("kafka"))("on Kafka, reading without a group", () => {
  const kafka = useKafka();

  test("what does not fit into one answer of a broker comes with the next", async () => {
    const partitions = 36;
    const { topic, bus } = await newTopic(kafka(), 1, {}, partitions);
    const one = await bus();
    const message = (partition: number, name: string, bytes: number) => ({
      topic,
      key: "k",
      partition,
      value: Buffer.alloc(bytes, name),
    });
    for (let partition = 0; partition < partitions; partition++) {
      await one.produce([message(partition, "a", 500_000)]);
      await one.produce([message(partition, "b", 500_000), message(partition, "c", 10)]);
    }
    const read: string[] = [];
    for await (const { value } of one.read({ topics: [topic], from: "earliest", untilEnd: true }))
      read.push(value.toString("latin1", 0, 1));
    expect(read.sort().join("")).toBe("a".repeat(36) + "b".repeat(36) + "c".repeat(36));
  });

  async function beginTransaction(topic: string) {
    const producer = plainKafka(kafka()).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      transactionalId: `of-${topic}`,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    onTestFinished(() => producer.disconnect());
    return producer.transaction();
  }

  test("an open transaction is not stepped over: it comes once it is committed", async () => {
    const from = "earliest";
    const { topic, bus } = await newTopic(kafka(), 1, {}, 1);
    const one = await bus();
    const write = (text: string) => one.produce([{ topic, key: "k", value: Buffer.from(text) }]);
    await write("before");
    const transaction = await beginTransaction(topic);
    await transaction.send({ topic, messages: [{ value: "within" }, { value: "within too" }] });
    await write("after");

    const stop = new AbortController();
    const read: string[] = [];
    const reading = (async () => {
      for await (const { value } of one.read({ topics: [topic], from, signal: stop.signal }))
        read.push(value.toString());
    })();
    await until(() => read.length === 1);
    const ended: string[] = [];
    for await (const { value } of one.read({ topics: [topic], from, untilEnd: true }))
      ended.push(value.toString());
    expect(ended).toEqual(["before"]);
    await transaction.commit();
    await until(() => read.length === 4);
    expect(read).toEqual(["before", "within", "within too", "after"]);
    stop.abort();
    await reading;
  });

  test("an open transaction is not counted among the last ones, and not stepped over", async () => {
    const { topic, bus } = await newTopic(kafka(), 1, {}, 2);
    const one = await bus();
    await one.produce([{ topic, key: "k", partition: 0, value: Buffer.from("before") }]);
    const transaction = await beginTransaction(topic);
    await transaction.send({ topic, messages: [{ partition: 1, value: "within" }] });
    const stop = new AbortController();
    const read: string[] = [];
    const reading = (async () => {
      for await (const { value } of one.read({ topics: [topic], from: { last: 10 }, signal: stop.signal }))
        read.push(value.toString());
    })();
    await until(() => read.length === 1);
    await transaction.commit();
    await until(() => read.length === 2);
    expect(read).toEqual(["before", "within"]);
    stop.abort();
    await reading;
  });

  test("what a transaction wrote that was aborted is not read", async () => {
    const { topic, bus } = await newTopic(kafka(), 1, {}, 1);
    const one = await bus();
    const transaction = await beginTransaction(topic);
    await transaction.send({ topic, messages: [{ value: "aborted" }] });
    await transaction.abort();
    await one.produce([{ topic, key: "k", value: Buffer.from("after") }]);
    const read: string[] = [];
    // The mark that ends it is written a moment later.
    await until(async () => {
      for await (const { value } of one.read({ topics: [topic], from: "earliest", untilEnd: true }))
        read.push(value.toString());
      return read.length > 0;
    });
    expect(read).toEqual(["after"]);
  });

  test("of a topic that is not there no connection is left", async () => {
    const sockets: Socket[] = [];
    const plain = new Kafka({
      brokers: kafka().brokers,
      logLevel: logLevel.NOTHING,
      socketFactory({ host, port, onConnect }) {
        const socket = connect(port, host, onConnect);
        sockets.push(socket);
        return socket;
      },
    });
    await expect(openRawCluster(plain, ["forgotten"])).rejects.toThrow();
    await until(() => sockets.length > 0 && sockets.every(({ destroyed }) => destroyed));
  });
});
