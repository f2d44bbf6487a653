import kafkajs from "kafkajs";
import { describe, expect, test } from "vitest";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { collect, numbered } from "../support/collect.ts";
import { kafkaConfig } from "../support/test-bus.ts";
import { produceInJava, spoilOnDisk } from "./foreign-batches.ts";
import { lagOf, newTopic, plainKafka } from "./support.ts";

describe.skipIf(lacks("kafka"))("on Kafka, batches of other producers", () => {
  const kafka = useKafka();

  test("those of every codec are read, in the order they came", async () => {
    const { topic, group, bus } = await newTopic(kafka());
    const codecs = ["none", "gzip", "snappy", "lz4", "zstd"];
    const lines = (codec: string) =>
      Array.from({ length: 20 }, (_, index) => `${codec}-${index} ${"ab".repeat(200)}`);
    await Promise.all(codecs.map((codec) => produceInJava(kafka(), topic, codec, lines(codec))));
    const one = await bus();
    const member = await collect(one, { group, topics: [topic] });
    await until(() => member.deliveries.length === 100);
    expect(member.values().sort()).toEqual(codecs.flatMap(lines).sort());
  });

  test.each(["none", "gzip", "snappy", "lz4"] as const)(
    "what tmon writes with %s comes back",
    async (compression) => {
      const { topic, target } = await newTopic(kafka());
      const { pino } = await import("pino");
      const bus = await openKafkaBus({
        kafka: { ...kafkaConfig(target.brokers), compression },
        topics: [topic],
        log: pino({ level: "silent" }),
        ending: new AbortController().signal,
      });
      const value = Buffer.from("一".repeat(10_000));
      await bus.produce([{ topic, key: "k", value }]);
      for await (const message of bus.read({ topics: [topic], from: "earliest", untilEnd: true }))
        expect(message.value.equals(value)).toBe(true);
      await bus.close();
    },
  );

  test.each([
    ["compressed", "", "gzip"],
    ["uncompressed", "key-0", "none"],
  ] as const)(
    "a spoilt %s batch comes as one message with its offsets, and holds nothing up",
    async (_, marker, codec) => {
      const { topic, group, bus } = await newTopic(kafka(), 1);
      const one = await bus();
      await one.produce(numbered(topic, 3, { partitions: 1 }));
      const producer = plainKafka(kafka()).producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      const messages = Array.from({ length: 5 }, (_, index) => ({
        partition: 1,
        key: `key-${index}`,
        value: "x".repeat(99),
      }));
      const compression = codec === "gzip" ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None;
      await producer.send({ topic, messages, compression });
      await producer.disconnect();
      spoilOnDisk(kafka(), topic, 1, marker);
      await one.produce([{ topic, key: "k", partition: 1, value: Buffer.from("after") }]);

      const member = await collect(one, { group, topics: [topic] });
      await until(async () => (await lagOf(one, group, topic)) === 0);
      expect(member.values()).toHaveLength(5);
      const [spoilt, after] = member.deliveries.filter(({ partition }) => partition === 1);
      expect(spoilt?.offset).toBe(0);
      expect(spoilt?.headers).toEqual({ "undecodable-offsets": "0-4" });
      expect(spoilt?.value.length).toBeGreaterThan(61);
      expect(after?.offset).toBe(5);
      expect(after?.value.toString()).toBe("after");
    },
  );
});
