import { describe, expect, test } from "vitest";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { newTopic } from "./support.ts";

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
});
