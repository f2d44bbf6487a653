import kafkajs from "kafkajs";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/messages/codec.ts";
import { startGenerator } from "../../src/runtime/generator/generator.ts";
import { produceInJava, spoilOnDisk } from "../bus/kafka/foreign-batches.ts";
import { administer, lagOf, plainKafka } from "../bus/kafka/support.ts";
import { collect } from "../bus/support/collect.ts";
import { seedDetection } from "../messages/seed-samples.ts";
import { useKafka } from "../support/kafka.ts";
import { newPipeline, openPipeline } from "../support/kafka-roles.ts";
import { lacks } from "../support/machine.ts";
import { until } from "../support/until.ts";

describe.skipIf(lacks("kafka"))("a role on Kafka and messages it cannot or can no longer read", () => {
  const kafka = useKafka();

  test("what expired unread is counted and logged with its range, and work goes on behind it", async () => {
    const config = await newPipeline(kafka());
    const { name: topic } = config.topics["detection-results"];
    const { start, detect, taskIds, context, logged } = await openPipeline(config);
    const before = await start(startGenerator);
    await detect(4);
    await until(async () => (await taskIds()).length === 4);
    await before.drain();
    await detect(20);
    const keepFor = (ms: string) =>
      administer(kafka(), (admin) =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [
            {
              type: kafkajs.ConfigResourceTypes.TOPIC,
              name: topic,
              configEntries: [{ name: "retention.ms", value: ms }],
            },
          ],
        }),
      );
    await keepFor("1");
    const isGone = async () =>
      (await context.bus.describeTopics([topic])).every(({ earliest, end }) => earliest === end);
    await until(isGone, { what: "everything expired" });
    await keepFor("3600000");
    await start(startGenerator);
    // A rebalance before there is anything new finds the same gap again.
    await (await openPipeline(config)).start(startGenerator).then((visitor) => visitor.stop());
    const after = await detect(4);
    await until(async () => (await taskIds()).length === 8);
    expect(await taskIds()).toEqual(expect.arrayContaining(after));
    expect(await context.metrics.unreadLost.get()).toMatchObject({
      values: [{ value: 20, labels: { topic } }],
    });
    const lines = logged()
      .split("\n")
      .filter((line) => line.includes("removed by retention"));
    expect(lines.map((line) => JSON.parse(line)).sort((a, b) => a.partition - b.partition)).toMatchObject(
      [0, 1, 2, 3].map((partition) => ({ topic, partition, from: 1, to: 6, lost: 5 })),
    );
  });

  test("a message of a newer tmon holds its partition, through rebalances too, until somebody can read it", async () => {
    const config = await newPipeline(kafka(), { retentionMs: 1_000 });
    const topic = config.topics["detection-results"];
    const one = await openPipeline(config);
    const { bus } = one.context;
    const first = await one.start(startGenerator);
    const newer = encode({ ...seedDetection, messageId: "newer", schemaVersion: 2 });
    await bus.produce([{ topic: topic.name, key: "k", partition: 0, value: newer }]);
    await one.detect(4);
    await until(async () => (await one.taskIds()).length === 3);
    expect(one.notReady().join()).toContain(`TMON_SCHEMA_NEWER: partition 0 of ${topic.name}`);
    await until(() => one.context.health.warnings().some(({ reason }) => reason.includes(topic.name)));

    const two = await openPipeline(config);
    const second = await two.start(startGenerator);
    await one.detect(4);
    await until(async () => (await one.taskIds()).length === 6);
    await until(() => [one, two].some((each) => each.notReady().join().includes("TMON_SCHEMA_NEWER")));
    await first.stop();
    await two.detect(4);
    await until(async () => (await two.taskIds()).length === 9);
    await until(() => two.notReady().join().includes("TMON_SCHEMA_NEWER: partition 0"));
    await second.stop();

    const upgraded = await collect(bus, { group: config.groups.generator, topics: [topic.name] });
    await until(async () => (await lagOf(bus, config.groups.generator, topic.name)) === 0);
    expect(upgraded.deliveries.map(({ partition }) => partition)).toEqual([0, 0, 0, 0]);
    expect(JSON.parse(upgraded.values()[0]!)).toMatchObject({ messageId: "newer" });
  });

  test("a foreign zstd batch is read; a spoilt batch is one letter that names its offsets", async () => {
    const config = await newPipeline(kafka());
    const { name: topic } = config.topics["detection-results"];
    const { start, detect, taskIds, context } = await openPipeline(config);
    const producer = plainKafka(kafka()).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const messages = Array.from({ length: 5 }, () => ({
      partition: 1,
      value: JSON.stringify(seedDetection),
    }));
    await producer.send({ topic, messages, compression: kafkajs.CompressionTypes.GZIP });
    await producer.disconnect();
    spoilOnDisk(kafka(), topic, 1, "");
    const foreign = [1, 2, 3].map((n) => JSON.stringify({ ...seedDetection, messageId: `foreign-${n}` }));
    await produceInJava(kafka(), topic, "zstd", foreign);
    await start(startGenerator);
    await detect(4);
    await until(async () => (await taskIds()).length === 7);
    const letters = {
      topics: [config.topics["dead-letters"].name],
      from: "earliest",
      untilEnd: true,
    } as const;
    const headers = [];
    for await (const letter of context.bus.read(letters)) headers.push(letter.headers);
    expect(headers).toMatchObject([
      {
        "error-code": "TMON_MESSAGE_INVALID",
        "error-message": "the batch of offsets 0-4 cannot be decoded",
        "source-topic": topic,
        "source-partition": "1",
        "source-offset": "0",
      },
    ]);
    expect(await context.metrics.deadLetters.get()).toMatchObject({
      values: [{ value: 1, labels: { topic, code: "TMON_MESSAGE_INVALID" } }],
    });
    const lag = () => lagOf(context.bus, config.groups.generator, topic).catch(() => undefined);
    await until(async () => (await lag()) === 0);
  });
});
