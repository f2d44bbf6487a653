import { describe, expect, test } from "vitest";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { collect, numbered } from "../support/collect.ts";
import { startMemberProcess } from "../support/member-process.ts";
import { lagOf, newTopic, plainKafka } from "./support.ts";

describe.skipIf(lacks("kafka"))("on Kafka, when things go wrong", () => {
  const kafka = useKafka();
  const partitions = 4;

  test("a partition that is kept is not delivered again, however often the group gathers anew", async () => {
    const { topic, group, bus } = await newTopic(kafka());
    const one = await bus();
    await one.produce(numbered(topic, 40, { partitions }));
    const stayer = await collect(one, {
      group,
      topics: [topic],
      acknowledge: ({ offset }) => offset % 2 === 0,
    });
    await until(() => stayer.deliveries.length === 40);
    for (let round = 0; round < 2; round++) {
      const visitor = await collect(await bus(), { group, topics: [topic] });
      await visitor.consumer.stop();
    }
    await one.produce(numbered(topic, 4, { partitions, from: 40 }));
    await until(() => stayer.deliveries.length >= 44);
    expect(stayer.values()).toHaveLength(44);
    expect(new Set(stayer.values()).size).toBe(44);
    for (const delivery of stayer.deliveries) delivery.acknowledge();
    await until(async () => (await lagOf(one, group, topic)) === 0);
  });

  test("a member that was frozen and thrown out takes nothing back from its heir", async () => {
    const { topic, group, target, bus } = await newTopic(kafka());
    const one = await bus();
    await one.produce(numbered(topic, 40, { partitions }));
    const frozen = await startMemberProcess({ target, group, topics: [topic], acknowledge: "none" });
    await until(() => frozen.delivered.length === 40);
    await frozen.signal("SIGSTOP");
    const heir = await collect(one, { group, topics: [topic] });
    await until(() => heir.deliveries.length === 40);
    await until(async () => (await lagOf(one, group, topic)) === 0);
    await frozen.signal("SIGCONT");
    frozen.send("acknowledge");
    await until(() => frozen.assignment.size === 2, { what: "it is back with a share of its own" });
    await one.produce(numbered(topic, 40, { partitions, from: 40 }));
    await until(() => heir.deliveries.length + frozen.delivered.length === 120);
    await until(async () => (await lagOf(one, group, topic)) === 20);
    expect(heir.deliveries).toHaveLength(60);
  });

  test("what was removed unread is told once with its range, and work goes on behind it", async () => {
    const { topic, group, bus } = await newTopic(kafka());
    const one = await bus();
    await one.produce(numbered(topic, 30, { partitions: 1 }));
    const before = await collect(one, { group, topics: [topic], acknowledge: ({ offset }) => offset < 5 });
    await until(() => before.deliveries.length === 30);
    await before.consumer.stop();
    const admin = plainKafka(kafka()).admin();
    await admin.connect();
    // The library knows the leaders of no other topics.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "20" }] });
    await admin.disconnect();
    const after = await collect(await bus(), { group, topics: [topic] });
    await until(async () => (await lagOf(one, group, topic)) === 0);
    expect(after.gaps).toEqual([{ topic, partition: 0, from: 5, to: 20 }]);
    expect(after.deliveries.map(({ offset }) => offset)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
  });

  test("a message the broker never takes fails alone; those sent with it are written", async () => {
    const { topic, bus } = await newTopic(kafka(), 3, { "max.message.bytes": "20000" });
    const one = await bus();
    const large = { topic, key: "k", partition: 1, value: Buffer.alloc(30_000, "x") };
    const results = await Promise.allSettled([
      one.produce(numbered(topic, 4, { partitions })),
      one.produce([large]),
      one.produce(numbered(topic, 4, { partitions, from: 4 })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: { code: "TMON_BUS_WRITE" } });
    const ends = await one.describeTopics([topic]);
    expect(ends.reduce((sum, { end }) => sum + end, 0)).toBeGreaterThanOrEqual(8);
  });
});
