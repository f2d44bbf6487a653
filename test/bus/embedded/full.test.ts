import { expect, onTestFinished, test } from "vitest";
import type { Bus, Consumer } from "../../../src/bus/bus.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { insist } from "../support/insist.ts";
import { openTestBus } from "../support/test-bus.ts";

const directory = temporaryDirectory();
let number = 0;
const value = Buffer.alloc(20_000, "x");
const verdict = Buffer.alloc(1_000, "x");

/** What each role reads and writes; it acknowledges only after it has written. */
const roles = {
  generator: { reads: ["raw"], writes: { topic: "tasks", value } },
  scheduler: { reads: ["tasks"], writes: { topic: "results", value: verdict } },
  aggregator: { reads: ["raw", "results"], writes: { topic: "incidents", value: verdict } },
};
type RoleName = keyof typeof roles;
const names = Object.keys(roles) as RoleName[];

async function newBus(): Promise<Bus> {
  const bus = await openTestBus({
    kind: "embedded",
    dataDir: `${directory}/${number++}`,
    topics: [
      { name: "raw", partitions: 4, share: 0.7 },
      { name: "tasks", partitions: 4, share: 0.85 },
      { name: "results", partitions: 4, share: 0.95 },
      { name: "incidents", partitions: 4 },
    ],
    retentionBytes: 4_000_000,
  });
  onTestFinished(() => bus.close());
  return bus;
}

function start(bus: Bus, role: RoleName): Promise<Consumer> {
  const { reads, writes } = roles[role];
  return bus.consume({
    group: role,
    topics: reads,
    deliver: ({ key, acknowledge }) =>
      void insist(bus, { ...writes, key })
        .then(acknowledge)
        // Only when the test is over.
        .catch(() => {}),
  });
}

/** Detections until there is no room for one; answers how many were written. */
async function fill(bus: Bus): Promise<number> {
  for (let sent = 0; ; sent++) {
    try {
      await bus.produce([{ topic: "raw", key: `camera-${sent % 8}`, value }]);
    } catch (error) {
      expect(error).toMatchObject({ code: "TMON_BUS_FULL" });
      return sent;
    }
  }
}

const lagOf = async (bus: Bus): Promise<number> => {
  const offsets = await Promise.all(names.map((role) => bus.describeGroup(role, roles[role].reads)));
  return offsets.flat().reduce((sum, { lag }) => sum + lag, 0);
};

test.each(names)("a bus that filled up while the %s was away empties once it is back", async (away) => {
  const bus = await newBus();
  for (const role of names) await (await start(bus, role)).stop();
  for (const role of names) if (role !== away) await start(bus, role);
  expect(await fill(bus)).toBeGreaterThan(50);
  expect(bus.trouble()).toContain("the bus is full");
  await start(bus, away);
  await until(async () => (await lagOf(bus)) === 0);
  await bus.produce([{ topic: "raw", key: "k", value }]);
  expect(bus.trouble()).toBeUndefined();
});

test("a message that waits for room holds back none of a later stage", async () => {
  const bus = await newBus();
  await (await start(bus, "generator")).stop();
  await fill(bus);
  let refused = false;
  const waiting = bus.produce([{ topic: "raw", key: "k", value }]).catch(() => {
    refused = true;
  });
  for (const topic of ["results", "tasks", "incidents"]) await bus.produce([{ topic, key: "k", value }]);
  expect(refused).toBe(false);
  await waiting;
  expect(refused).toBe(true);
});
