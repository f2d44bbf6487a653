import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { collect } from "../support/collect.ts";
import { type BusTarget, openTestBus } from "../support/test-bus.ts";

const directory = temporaryDirectory();

test("messages whose values a power cut took are told as unread, and the group goes on behind them", async () => {
  const target: BusTarget = {
    kind: "embedded",
    dataDir: directory,
    topics: [{ name: "log", partitions: 1 }],
  };
  const before = await openTestBus(target);
  const message = { topic: "log", key: "k", value: Buffer.alloc(100) };
  await before.produce(Array.from({ length: 10 }, () => message));
  await before.close();
  const segments = join(directory, "bus-segments");
  for (const name of readdirSync(segments)) truncateSync(join(segments, name), 450);

  const bus = await openTestBus(target);
  onTestFinished(() => bus.close());
  const member = await collect(bus, { group: "g", topics: ["log"] });
  await bus.produce([message]);
  await until(() => member.deliveries.length === 5);
  expect(member.deliveries.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 10]);
  expect(member.gaps).toEqual(
    [4, 5, 6, 7, 8, 9].map((from) => ({ topic: "log", partition: 0, from, to: from + 1 })),
  );
  await until(async () => (await bus.describeGroup("g", ["log"]))[0]?.watermark === 11);
});
