import { Kafka, logLevel } from "kafkajs";
import { describe, expect, onTestFinished, test } from "vitest";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { collect, numbered } from "../support/collect.ts";
import { lagOf, newTopic } from "./support.ts";

describe.skipIf(lacks("kafka"))("on Kafka, a group that was another program's", () => {
  const kafka = useKafka();

  test("is waited for, which is said, and taken over at the offsets that were committed", async () => {
    const { topic, group, bus } = await newTopic(kafka());
    const one = await bus();
    await one.produce(numbered(topic, 20, { partitions: 4 }));
    const foreign = new Kafka({
      brokers: kafka().brokers,
      clientId: "python-generator",
      logLevel: logLevel.NOTHING,
    }).consumer({ groupId: group });
    onTestFinished(() => foreign.disconnect());
    await foreign.connect();
    await foreign.subscribe({ topics: [topic], fromBeginning: true });
    let read = 0;
    await foreign.run({
      autoCommit: false,
      eachMessage: async () => {
        read += 1;
      },
    });
    await until(() => read === 20);
    const words = "//// what another program notes is no set of offsets";
    await foreign.commitOffsets(
      [0, 1, 2, 3].map((partition) => ({ topic, partition, offset: "2", metadata: words })),
    );

    const heir = await collect(one, { group, topics: [topic] });
    await until(() => one.trouble()?.includes("python-generator at "));
    expect(heir.deliveries).toEqual([]);
    await foreign.disconnect();
    await until(async () => (await lagOf(one, group, topic)) === 0);
    expect(one.trouble()).toBeUndefined();
    expect(heir.deliveries.map(({ offset }) => offset).sort()).toEqual(
      [2, 3, 4].flatMap((n) => [n, n, n, n]),
    );
  });
});
