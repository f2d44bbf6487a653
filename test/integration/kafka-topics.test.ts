import { describe, expect, test } from "vitest";
import { partitionOf } from "../../src/bus/partitioner.ts";
import { startGenerator } from "../../src/runtime/generator/generator.ts";
import { administer } from "../bus/kafka/support.ts";
import { createTopics, type KafkaCluster, useKafka } from "../support/kafka.ts";
import { newPipeline, openPipeline } from "../support/kafka-roles.ts";
import { lacks } from "../support/machine.ts";
import { until } from "../support/until.ts";

const deleteTopic = (cluster: KafkaCluster, topic: string) =>
  administer(cluster, (admin) => admin.deleteTopics({ topics: [topic] }));

const countOf = (text: string, word: string) => text.split(word).length - 1;

describe.skipIf(lacks("kafka"))("roles on Kafka whose topics change under them", () => {
  const kafka = useKafka();

  test("a deleted input: not ready and one line that names it; made again, the role goes on", async () => {
    const config = await newPipeline(kafka());
    const { name } = config.topics["detection-results"];
    const { start, detect, taskIds, notReady, logged } = await openPipeline(config);
    await start(startGenerator);
    const before = await detect(8);
    await until(async () => (await taskIds()).length === 8);
    await deleteTopic(kafka(), name);
    await until(() => notReady().some((reason) => reason.includes(`no topic ${name}`)));
    expect(notReady().join()).toContain("tmon init-topics");
    await createTopics(kafka(), [name], 1);
    await until(() => notReady().length === 0);
    const after = await detect(4);
    await until(async () => (await taskIds()).length === 12);
    expect(await taskIds()).toEqual([...before, ...after]);
    expect(countOf(logged(), `Kafka has no topic ${name}`)).toBe(1);
    expect(countOf(logged(), "lost its group")).toBeLessThan(4);
  });

  test("an input deleted and made again at once is read from its new start", async () => {
    const config = await newPipeline(kafka());
    const { name } = config.topics["detection-results"];
    const { start, detect, taskIds, notReady } = await openPipeline(config);
    await start(startGenerator);
    await detect(40);
    await until(async () => (await taskIds()).length === 40);
    await deleteTopic(kafka(), name);
    await createTopics(kafka(), [name], 1);
    const after = await detect(4);
    await until(async () => (await taskIds()).length === 44);
    expect(await taskIds()).toEqual(expect.arrayContaining(after));
    expect(notReady()).toEqual([]);
  });

  test("a deleted output: what was read waits, and is written once it is made again", async () => {
    const config = await newPipeline(kafka());
    const { name } = config.topics["assessment-tasks"];
    const { start, detect, taskIds, notReady, logged } = await openPipeline(config);
    const generator = await start(startGenerator);
    await detect(4);
    await until(async () => (await taskIds()).length === 4);
    await deleteTopic(kafka(), name);
    const after = await detect(4);
    await until(() => notReady().some((reason) => reason.includes(`no topic ${name}`)));
    await until(() => generator.stats().inFlight === 4);
    await createTopics(kafka(), [name], 1);
    await until(() => notReady().length === 0);
    await until(async () => (await taskIds()).length === 4);
    expect(await taskIds()).toEqual(after);
    expect(countOf(logged(), `Kafka has no topic ${name}`)).toBe(1);
  });

  test("a role that ends while its output is gone leaves what it read to its next owner", async () => {
    const config = await newPipeline(kafka());
    const { name } = config.topics["assessment-tasks"];
    const { start, detect, taskIds } = await openPipeline(config);
    const first = await start(startGenerator);
    await deleteTopic(kafka(), name);
    const tasks = await detect(4);
    await until(() => first.stats().framesRead === 4);
    const drained = first.drain().then(() => "drained");
    expect(await Promise.race([drained, first.stop()])).not.toBe("drained");
    await createTopics(kafka(), [name], 1);
    await start(startGenerator);
    await until(async () => (await taskIds()).length === 4);
    expect(await taskIds()).toEqual(tasks);
  });

  test("partitions raised under two members: the new ones are shared, read and written", async () => {
    const config = await newPipeline(kafka());
    const soon = { ...config, kafka: { ...config.kafka, metadataMaxAgeMs: 500 } };
    const one = await openPipeline(soon);
    const two = await openPipeline(soon);
    const roles = [await one.start(startGenerator), await two.start(startGenerator)];
    const before = await one.detect(4);
    await until(async () => (await one.taskIds()).length === 4);
    const topicPartitions = Object.values(config.topics).map(({ name }) => ({ topic: name, count: 8 }));
    await administer(kafka(), (admin) => admin.createPartitions({ topicPartitions }));
    const { bus } = one.context;
    const cameraId = ["a", "b", "c", "d", "e", "f"].find((key) => partitionOf(key, 8) > 3)!;
    const after = await one.detect(4, { cameraId }, 4);
    await until(async () => (await one.taskIds()).length === 8);
    expect(await one.taskIds()).toEqual([...before, ...after]);
    const endOf = async (topic: string, partition: number) =>
      (await bus.describeTopics([topic]).catch(() => []))[partition]?.end ?? 0;
    await until(async () => {
      await one.detect(1, { cameraId });
      return (await endOf(config.topics["assessment-tasks"].name, partitionOf(cameraId, 8))) > 0;
    });
    expect(roles.map((role) => role.stats().framesRead)).not.toContain(0);
  });
});
