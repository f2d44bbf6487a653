import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Bus } from "../../../src/bus/bus.ts";
import { openTables } from "../../../src/bus/embedded/tables.ts";
import { openEnvironment } from "../../../src/lmdb/environment.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { collect } from "../support/collect.ts";
import { insist } from "../support/insist.ts";
import { type EmbeddedTarget, openTestBus } from "../support/test-bus.ts";

const directory = temporaryDirectory();
let number = 0;
const group = "readers";
const value = Buffer.alloc(10_000, "x");
const retentionBytes = 1_000_000;

async function newBus(): Promise<{ bus: Bus; target: EmbeddedTarget; open(): Promise<Bus> }> {
  const target: EmbeddedTarget = {
    kind: "embedded",
    dataDir: `${directory}/${number++}`,
    topics: [{ name: "log", partitions: 2 }],
    retentionBytes,
  };
  const open = async () => {
    const bus = await openTestBus(target);
    onTestFinished(() => bus.close());
    return bus;
  };
  return { bus: await open(), target, open };
}

async function fill(bus: Bus, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++)
    await insist(bus, { topic: "log", key: "k", partition: sent % 2, value });
}

const earliestOf = async (bus: Bus): Promise<number[]> =>
  (await bus.describeTopics(["log"])).map(({ earliest }) => earliest);

const sizeOnDisk = ({ dataDir }: EmbeddedTarget): number =>
  readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith("-lock"))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

test("without groups the oldest give way, of all partitions alike, and the disk gets its room back", async () => {
  const { bus, target } = await newBus();
  await fill(bus, 1_000);
  const [left, right] = (await earliestOf(bus)) as [number, number];
  expect(left).toBeGreaterThan(400);
  expect(Math.abs(left - right)).toBeLessThanOrEqual(1);
  expect(sizeOnDisk(target)).toBeLessThan(2 * retentionBytes);
});

test("nothing goes that a living group has not read: the producer waits, says so, and goes on after it", async () => {
  const { bus, target, open } = await newBus();
  const member = await collect(bus, { group, topics: ["log"], acknowledge: () => false });
  const producer = await open();
  let done = false;
  const filling = fill(producer, 200).then(() => {
    done = true;
  });
  expect(await until(() => producer.trouble())).toContain("the bus is full");
  await until(() => member.deliveries.length > 90);
  expect(done).toBe(false);
  expect(await earliestOf(bus)).toEqual([0, 0]);
  expect(sizeOnDisk(target)).toBeLessThan(2 * retentionBytes);
  await until(() => {
    for (const delivery of member.deliveries) delivery.acknowledge();
    return done;
  });
  await filling;
  expect(producer.trouble()).toBeUndefined();
  expect(new Set(member.deliveries.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(
    member.deliveries.length,
  );
  await until(() => member.deliveries.length === 200);
});

test("a producer that closes while it waits for room is told TMON_BUS_FULL", async () => {
  const { bus, open } = await newBus();
  await collect(bus, { group, topics: ["log"], acknowledge: () => false });
  const producer = await open();
  let waiting = producer.produce([]);
  await until(() => {
    waiting = producer.produce([{ topic: "log", key: "k", value }]);
    waiting.catch(() => {});
    return producer.trouble();
  });
  await producer.close();
  await expect(waiting).rejects.toMatchObject({
    code: "TMON_BUS_FULL",
    message: expect.stringContaining("it is closing"),
  });
});

test("a group not seen for an hour holds nothing back; coming back, it is told what it missed", async () => {
  const { bus, target } = await newBus();
  const member = await collect(bus, { group, topics: ["log"] });
  await fill(bus, 20);
  await until(() => member.deliveries.length === 20);
  await member.consumer.stop();
  await makeLongUnseen(target);
  await fill(bus, 400);
  const back = await collect(bus, { group, topics: ["log"] });
  const earliest = await earliestOf(bus);
  await until(async () => (await bus.describeGroup(group, ["log"])).every(({ lag }) => lag === 0));
  expect(back.gaps.sort((a, b) => a.partition - b.partition)).toEqual(
    [0, 1].map((partition) => ({ topic: "log", partition, from: 10, to: earliest[partition] })),
  );
  expect(back.deliveries).toHaveLength(2 * 210 - earliest[0]! - earliest[1]!);
});

test("a slow reader holds nothing: the log goes on without it, and it reads on where the log begins now", async () => {
  const { bus, target } = await newBus();
  await fill(bus, 90);
  const reading = bus.read({ topics: ["log"], from: "earliest", partition: 0 })[Symbol.asyncIterator]();
  expect((await reading.next()).value.offset).toBe(0);
  await fill(bus, 600);
  expect(sizeOnDisk(target)).toBeLessThan(2 * retentionBytes);
  const [earliest] = await earliestOf(bus);
  let offset = 0;
  while (offset < earliest!) offset = (await reading.next()).value.offset;
  expect(offset).toBe(earliest);
  await reading.return?.();
});

test("what a killed process left of a segment is swept away", async () => {
  const { bus, target } = await newBus();
  const orphan = join(target.dataDir, "bus-segments", "999999.segment");
  writeFileSync(orphan, value);
  await fill(bus, 200);
  await until(() => !readdirSync(join(target.dataDir, "bus-segments")).includes("999999.segment"));
});

async function makeLongUnseen({ dataDir }: EmbeddedTarget): Promise<void> {
  const environment = openEnvironment(join(dataDir, "bus.mdb"), { durability: "process" });
  const { groups } = openTables(environment);
  await environment.write(() => groups.put(group, { ...groups.get(group)!, seenAt: Date.now() - 3_700_000 }));
  await environment.close();
}
