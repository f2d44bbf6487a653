import { describe, expect, type TestContext, test } from "vitest";
import type { Bus, Delivery, ReadOptions, ReceivedMessage } from "../../src/bus/bus.ts";
import { partitionOf } from "../../src/bus/partitioner.ts";
import { until } from "../support/until.ts";
import { type Collector, collect, numbered, textOf } from "./support/collect.ts";
import { startMemberProcess } from "./support/member-process.ts";
import type { BusTarget } from "./support/test-bus.ts";

export interface BusFixture {
  /** Another connection to the same bus; its two topics have four partitions each. */
  bus(): Promise<Bus>;
  topics: [string, string];
  /** What a child process is told. */
  target: BusTarget;
  close(): Promise<void>;
}

const partitions = 4;
let fixtures = 0;

/** What every bus promises: bus.ts, and the delivery chapter of the design. Side by side: a test mostly waits. */
export function busContract(name: string, open: () => Promise<BusFixture>): void {
  async function fixture({ onTestFinished }: TestContext) {
    const opened = await open();
    onTestFinished(() => opened.close());
    const [first, second] = opened.topics;
    fixtures += 1;
    return { ...opened, first, second, group: `workers-${fixtures}` };
  }

  async function everything(bus: Bus, options: ReadOptions): Promise<ReceivedMessage[]> {
    const messages: ReceivedMessage[] = [];
    for await (const message of bus.read(options)) messages.push(message);
    return messages;
  }

  const lagOf = async (bus: Bus, group: string, topic: string): Promise<number> =>
    (await bus.describeGroup(group, [topic])).reduce((sum, { lag }) => sum + lag, 0);

  const allPartitions = (...members: Collector[]): number[] =>
    members.flatMap(({ consumer }) => consumer.assignment()).sort();

  describe.concurrent(`${name}: producing`, () => {
    test("a partition keeps the order of the messages", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      const messages = numbered(first, 200, { partitions: 1 });
      await Promise.all(messages.map((message) => one.produce([message])));
      const { deliveries, values } = await collect(one, { group, topics: [first] });
      await until(() => deliveries.length === 200);
      expect(values()).toEqual(messages.map(textOf));
      expect(deliveries.map(({ offset }) => offset)).toEqual(messages.map((_, index) => index));
    });

    test("a key goes where Kafka's own clients would send it, an explicit partition wins", async (context) => {
      const { bus, first } = await fixture(context);
      const one = await bus();
      const value = Buffer.from("x");
      await one.produce(
        Array.from({ length: 20 }, (_, index) => ({ topic: first, key: `cam-${index}`, value })),
      );
      await one.produce([{ topic: first, key: "cam-1", value, partition: 3, headers: { explicit: "yes" } }]);
      const messages = await everything(one, { topics: [first], from: "earliest", untilEnd: true });
      expect(messages).toHaveLength(21);
      for (const { key, partition, headers } of messages)
        expect(partition).toBe(headers.explicit ? 3 : partitionOf(key, partitions));
    });

    test("key, headers and bytes arrive unaltered, whatever they are", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      const values = [
        Buffer.alloc(0),
        Buffer.from([0xff, 0xfe, 0, 0x80, 0]),
        Buffer.alloc(300_000, "ab"),
        Buffer.from("{"),
      ];
      const headers = { "error-code": "TMON_X", text: "跟车过近 ✓", empty: "" };
      for (const value of values)
        await one.produce([{ topic: first, key: "路口 7", value, headers, partition: 1 }]);
      const { deliveries } = await collect(one, { group, topics: [first] });
      await until(() => deliveries.length === values.length);
      deliveries.forEach((delivery, index) => {
        expect(delivery.value.equals(values[index]!)).toBe(true);
        expect(delivery.headers).toEqual(headers);
        expect(delivery.key).toBe("路口 7");
      });
    });

    test("a topic that does not exist is refused by name", async (context) => {
      const { bus } = await fixture(context);
      const message = { topic: "no-such-topic", key: "k", value: Buffer.from("x") };
      await expect((await bus()).produce([message])).rejects.toMatchObject({ code: "TMON_TOPIC_UNKNOWN" });
    });
  });

  describe.concurrent(`${name}: consuming`, () => {
    test("a restarted member is given what was not acknowledged, and nothing else", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 40, { partitions: 1 }));
      const before = await collect(one, {
        group,
        topics: [first],
        acknowledge: ({ offset }) => offset % 3 !== 0,
      });
      await until(() => before.deliveries.length === 40);
      await before.consumer.stop();
      const after = await collect(await bus(), { group, topics: [first] });
      const repeated = Array.from({ length: 40 }, (_, offset) => offset).filter((offset) => offset % 3 === 0);
      await until(() => after.deliveries.length >= repeated.length);
      await one.produce(numbered(first, 1, { partitions: 1, prefix: "last-" }));
      await until(() => after.values().includes("last-0"));
      expect(after.values()).toEqual([...repeated.map(String), "last-0"]);
    });

    test("what a killed member had acknowledged is not repeated, the rest goes on elsewhere", async (context) => {
      const { bus, first, target, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 60, { partitions: 1 }));
      const killed = await startMemberProcess(
        { target, group, topics: [first], acknowledge: "odd" },
        context,
      );
      await until(() => killed.delivered.length === 60);
      await until(async () => (await lagOf(one, group, first)) === 30, {
        what: "the acknowledgements are committed",
      });
      await killed.signal("SIGKILL");
      const heir = await collect(one, { group, topics: [first] });
      await until(async () => (await lagOf(one, group, first)) === 0);
      expect(heir.deliveries.map(({ offset }) => offset)).toEqual(
        Array.from({ length: 30 }, (_, index) => index * 2),
      );
    });

    test("two members share the partitions, and each message goes to one of them", async (context) => {
      const { bus, first, group } = await fixture(context);
      const [one, two] = [await bus(), await bus()];
      const left = await collect(one, { group, topics: [first] });
      const right = await collect(two, { group, topics: [first] });
      await until(() => left.consumer.assignment().length === 2 && right.consumer.assignment().length === 2);
      expect(allPartitions(left, right)).toEqual([0, 1, 2, 3]);
      await one.produce(numbered(first, 80, { partitions }));
      await until(() => left.deliveries.length + right.deliveries.length === 80);
      expect(new Set([...left.values(), ...right.values()]).size).toBe(80);
      expect(left.deliveries).toHaveLength(40);
    });

    test("two groups each get every message", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 10, { partitions }));
      const left = await collect(one, { group, topics: [first] });
      const right = await collect(one, { group: "others", topics: [first] });
      await until(() => left.deliveries.length === 10 && right.deliveries.length === 10);
    });

    test("partition p of every topic belongs to the same member", async (context) => {
      const { bus, first, second, group } = await fixture(context);
      const one = await bus();
      const left = await collect(one, { group, topics: [first, second] });
      const right = await collect(await bus(), { group, topics: [first, second] });
      await until(() => left.consumer.assignment().length === 2 && right.consumer.assignment().length === 2);
      await one.produce([...numbered(first, 20, { partitions }), ...numbered(second, 20, { partitions })]);
      await until(() => left.deliveries.length + right.deliveries.length === 40);
      for (const { consumer, deliveries } of [left, right])
        for (const { partition } of deliveries) expect(consumer.assignment()).toContain(partition);
    });

    test("members that join and leave under load lose nothing", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      const members = [await collect(one, { group, topics: [first] })];
      let produced = 0;
      const produceSome = async () => {
        for (let round = 0; round < 10; round++) {
          await one.produce(numbered(first, 20, { partitions, from: produced }));
          produced += 20;
        }
      };
      for (let round = 0; round < 3; round++) {
        const [joining] = await Promise.all([
          bus().then((two) => collect(two, { group, topics: [first] })),
          produceSome(),
        ]);
        members.push(joining);
        await until(() => joining.consumer.assignment().length > 0);
        await Promise.all([members[round]!.consumer.stop(), produceSome()]);
      }
      await until(async () => (await lagOf(one, group, first)) === 0);
      const values = members.flatMap((member) => member.values());
      expect(new Set(values).size).toBe(produced);
      for (const { deliveries } of members)
        for (let partition = 0; partition < partitions; partition++) {
          const offsets = deliveries.filter((one) => one.partition === partition).map(({ offset }) => offset);
          expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
        }
    });

    test("assigned() comes before a partition's first delivery, lost() when it goes", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      const left = await collect(one, { group, topics: [first] });
      await until(() => left.consumer.assignment().length === 4);
      expect(left.told).toEqual([{ assigned: [0, 1, 2, 3] }]);
      const right = await collect(await bus(), { group, topics: [first] });
      await until(() => right.consumer.assignment().length === 2 && left.consumer.assignment().length === 2);
      expect(left.told.flatMap(({ lost }) => lost ?? []).sort()).toEqual(right.consumer.assignment());
    });

    test("a partition in work is handed over only when its messages are done", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 4, { partitions }));
      const left = await collect(one, { group, topics: [first], acknowledge: () => false });
      await until(() => left.deliveries.length === 4);
      const right = await collect(await bus(), { group, topics: [first] });
      expect(right.consumer.assignment()).toEqual([]);
      expect(left.deliveries.every((delivery) => delivery.owned())).toBe(true);
      for (const delivery of left.deliveries) delivery.acknowledge();
      await until(() => right.consumer.assignment().length === 2);
      await until(async () => (await lagOf(one, group, first)) === 0);
      expect(right.deliveries).toEqual([]);
    });

    test("a draining partition delivers nothing more; what a member abandons then goes at once to the next", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 8, { partitions }));
      const given: Delivery[] = [];
      let leaving: readonly number[] = [];
      const left = await one.consume({
        group,
        topics: [first],
        deliver: (delivery) => void given.push(delivery),
        draining: (partitions) => {
          leaving = partitions;
        },
      });
      await until(() => given.length === 8);
      const right = await collect(await bus(), { group, topics: [first] });
      await until(() => leaving.length === 2);
      await one.produce(numbered(first, 4, { partitions, from: 8 }));
      await until(() => given.length === 10);
      expect(given.slice(8).some(({ partition }) => leaving.includes(partition))).toBe(false);

      for (const delivery of given) if (leaving.includes(delivery.partition)) delivery.abandon();
      expect(left.inFlight()).toBe(6);
      await until(() => right.deliveries.length === 6);
      expect(right.consumer.assignment()).toEqual([...leaving].sort());
    });

    test("a handover that comes to nothing gives back what was abandoned for it, and only that", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 8, { partitions }));
      const given: Delivery[] = [];
      let leaving: readonly number[] = [];
      await one.consume({
        group,
        topics: [first],
        deliver: (delivery) => void given.push(delivery),
        draining(partitions) {
          leaving = partitions;
          for (const delivery of given)
            if (partitions.includes(delivery.partition) && delivery.offset === 1) delivery.abandon();
        },
      });
      await until(() => given.length === 8);
      const visitor = await collect(await bus(), { group, topics: [first] });
      await until(() => leaving.length === 2);
      expect(given.filter((delivery) => !delivery.owned())).toHaveLength(2);
      await visitor.consumer.stop();
      await until(() => given.length === 10);
      const again = given.slice(8).sort((a, b) => a.partition - b.partition);
      expect(again.map(({ partition, offset }) => [partition, offset])).toEqual(
        [...leaving].sort().map((partition) => [partition, 1]),
      );
      for (const delivery of given) delivery.acknowledge();
      await until(async () => (await lagOf(one, group, first)) === 0);
    });

    test("a paused member shows progress: whoever pauses is not stuck", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      const member = await collect(one, { group, topics: [first] });
      member.consumer.pause();
      await one.produce(numbered(first, 4, { partitions }));
      const before = Date.now();
      await until(() => member.consumer.lastProgressAt() > before + 300);
      expect(member.deliveries).toEqual([]);
    });

    test("an acknowledgement after the member has gone has no effect", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 5, { partitions: 1 }));
      const gone = await collect(one, { group, topics: [first], acknowledge: () => false });
      await until(() => gone.deliveries.length === 5);
      await gone.consumer.stop();
      for (const delivery of gone.deliveries) {
        expect(delivery.owned()).toBe(false);
        delivery.acknowledge();
      }
      const heir = await collect(await bus(), { group, topics: [first] });
      await until(() => heir.deliveries.length === 5);
    });

    test("stop() commits what was acknowledged last", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 30, { partitions }));
      const { consumer, deliveries } = await collect(one, {
        group,
        topics: [first],
        acknowledge: () => false,
      });
      await until(() => deliveries.length === 30);
      expect(consumer.inFlight()).toBe(30);
      for (const delivery of deliveries) delivery.acknowledge();
      expect(consumer.inFlight()).toBe(0);
      await Promise.all([consumer.stop(), consumer.stop()]);
      expect(await lagOf(one, group, first)).toBe(0);
      expect(consumer.assignment()).toEqual([]);
    });
  });

  describe.concurrent(`${name}: pausing`, () => {
    test("a paused topic's partition waits, the others go on; resumed, it loses nothing", async (context) => {
      const { bus, first, second, group } = await fixture(context);
      const one = await bus();
      const member = await collect(one, { group, topics: [first, second] });
      member.consumer.pause({ topic: first, partition: 2 });
      await one.produce([...numbered(first, 40, { partitions }), ...numbered(second, 40, { partitions })]);
      await until(() => member.deliveries.length === 70);
      expect(
        await lagOf(one, group, second).then(() =>
          member.deliveries.filter((d) => d.topic === first && d.partition === 2),
        ),
      ).toEqual([]);
      member.consumer.resume({ topic: first });
      await until(() => member.deliveries.length === 80);
    });

    test("a pause from within deliver() stops with that message", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 50, { partitions: 1 }));
      const got: number[] = [];
      const consumer = await one.consume({
        group,
        topics: [first],
        deliver(delivery) {
          got.push(delivery.offset);
          delivery.acknowledge();
          if (delivery.offset === 9) consumer.pause();
        },
      });
      await until(async () => (await lagOf(one, group, first)) === 40);
      expect(got).toHaveLength(10);
      consumer.resume();
      await until(() => got.length === 50);
    });

    test("a member that paused everything and was joined and left again delivers once it resumes", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      const stayer = await collect(one, { group, topics: [first] });
      await until(() => stayer.consumer.assignment().length === 4);
      stayer.consumer.pause();
      const visitor = await collect(await bus(), { group, topics: [first] });
      await until(() => visitor.consumer.assignment().length === 2);
      await visitor.consumer.stop();
      await until(() => stayer.consumer.assignment().length === 4);
      await one.produce(numbered(first, 40, { partitions }));
      expect(stayer.deliveries).toEqual([]);
      stayer.consumer.resume();
      await until(() => stayer.deliveries.length === 40);
    });

    test("a partition's own pause ends when it is lost", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      const stayer = await collect(one, { group, topics: [first] });
      await until(() => stayer.consumer.assignment().length === 4);
      for (let partition = 0; partition < partitions; partition++) stayer.consumer.pause({ partition });
      const visitor = await collect(await bus(), { group, topics: [first] });
      await until(() => visitor.consumer.assignment().length === 2);
      const [moved] = visitor.consumer.assignment();
      await visitor.consumer.stop();
      await until(() => stayer.consumer.assignment().length === 4);
      await one.produce(numbered(first, 40, { partitions }));
      await until(() => stayer.deliveries.some(({ partition }) => partition === moved));
    });
  });

  describe.concurrent(`${name}: reading without a group`, () => {
    test("from the earliest to the end as it was when the read began", async (context) => {
      const { bus, first, second } = await fixture(context);
      const one = await bus();
      await one.produce([...numbered(first, 30, { partitions }), ...numbered(second, 5, { partitions })]);
      const messages = await everything(one, { topics: [first, second], from: "earliest", untilEnd: true });
      expect(messages).toHaveLength(35);
      expect(messages.filter(({ topic }) => topic === second)).toHaveLength(5);
      expect(
        await everything(one, { topics: [first], from: "earliest", partition: 2, untilEnd: true }),
      ).toHaveLength(7);
      expect(await everything(one, { topics: [first], from: "latest", untilEnd: true })).toEqual([]);
    });

    test("from an offset, from a time, the last few", async (context) => {
      const { bus, first } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 10, { partitions: 1 }));
      const [{ timestamp: before } = { timestamp: 0 }] = await everything(one, {
        topics: [first],
        from: { last: 1 },
        untilEnd: true,
      });
      await until(() => Date.now() > before);
      await one.produce(numbered(first, 6, { partitions, from: 10 }));
      const texts = async (from: ReadOptions["from"]) =>
        (await everything(one, { topics: [first], from, untilEnd: true }))
          .map(textOf)
          .sort((a, b) => Number(a) - Number(b));
      expect(await texts({ time: before + 1 })).toEqual(["10", "11", "12", "13", "14", "15"]);
      expect(await texts({ last: 3 })).toHaveLength(3);
      expect(await texts({ last: 6 })).toEqual(["10", "11", "12", "13", "14", "15"]);
      expect(await texts({ last: 1_000 })).toHaveLength(16);
      expect(
        await everything(one, { topics: [first], from: { offset: 8 }, partition: 0, untilEnd: true }),
      ).toHaveLength(3);
    });

    test("from the latest on, new messages come until the signal ends it", async (context) => {
      const { bus, first } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 5, { partitions, prefix: "old-" }));
      const stop = new AbortController();
      const got: string[] = [];
      const reading = (async () => {
        for await (const message of one.read({ topics: [first], from: "latest", signal: stop.signal }))
          got.push(textOf(message));
      })();
      const other = await bus();
      let sent = 0;
      await until(async () => {
        await other.produce(numbered(first, 1, { partitions, prefix: "new-", from: sent++ }));
        return got.length >= 3;
      });
      stop.abort();
      await reading;
      expect(got.every((text) => text.startsWith("new-"))).toBe(true);
    });

    test("a reader that stops early ends without an error, and has changed nothing", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 100, { partitions }));
      const described = await one.describeTopics([first]);
      for await (const _ of one.read({ topics: [first], from: "earliest" })) break;
      expect(await one.describeTopics([first])).toEqual(described);
      expect(await lagOf(one, group, first)).toBe(100);
    });
  });

  describe.concurrent(`${name}: describing`, () => {
    test("lag counts what is not acknowledged, above the watermark too", async (context) => {
      const { bus, first, group } = await fixture(context);
      const one = await bus();
      await one.produce(numbered(first, 10, { partitions: 1 }));
      expect(await one.describeTopics([first])).toContainEqual({
        topic: first,
        partition: 0,
        earliest: 0,
        end: 10,
      });
      expect(await lagOf(one, group, first)).toBe(10);
      const member = await collect(one, {
        group,
        topics: [first],
        acknowledge: ({ offset }) => offset !== 2 && offset !== 5,
      });
      await until(() => member.deliveries.length === 10);
      await until(async () => (await lagOf(one, group, first)) === 2);
      const [partition] = await one.describeGroup(group, [first]);
      expect(partition).toEqual({
        topic: first,
        partition: 0,
        earliest: 0,
        end: 10,
        watermark: 2,
        lag: 2,
        unreadSince: member.deliveries[2]?.timestamp,
      });
      member.deliveries[2]?.acknowledge();
      member.deliveries[5]?.acknowledge();
      await until(async () => (await lagOf(one, group, first)) === 0);
      expect((await one.describeGroup(group, [first]))[0]?.unreadSince).toBeUndefined();
    });

    test("an idle consumer shows progress: it looked and found nothing", async (context) => {
      const { bus, first, group } = await fixture(context);
      const member = await collect(await bus(), { group, topics: [first] });
      const before = Date.now();
      await until(() => member.consumer.lastProgressAt() > before);
    });
  });
}
