import { expect, onTestFinished, test } from "vitest";
import type { Bus } from "../../../src/bus/bus.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { collect, numbered } from "../support/collect.ts";
import { type MemberProcess, startMemberProcess } from "../support/member-process.ts";
import { type BusTarget, openTestBus } from "../support/test-bus.ts";

const directory = temporaryDirectory();
let number = 0;
const group = "workers";
const topics = ["tasks"];

async function newBus(): Promise<{ bus: Bus; target: BusTarget }> {
  const target: BusTarget = {
    kind: "embedded",
    dataDir: `${directory}/${number++}`,
    topics: [{ name: "tasks", partitions: 16 }],
  };
  const bus = await openTestBus(target);
  onTestFinished(() => bus.close());
  return { bus, target };
}

const lagOf = async (bus: Bus): Promise<number> =>
  (await bus.describeGroup(group, topics)).reduce((sum, { lag }) => sum + lag, 0);

/** Produces until told to end; answers how many. */
function produceSteadily(bus: Bus): () => Promise<number> {
  let [sent, on] = [0, true];
  const running = (async () => {
    while (on) {
      await bus.produce(numbered("tasks", 16, { partitions: 16, from: sent }));
      sent += 16;
    }
  })();
  return async () => {
    on = false;
    await running;
    return sent;
  };
}

const textsOf = (members: readonly MemberProcess[]): Set<string> =>
  new Set(members.flatMap(({ delivered }) => delivered.map(({ text }) => text)));

test("a killed member's partitions go on at once, and no message is lost", async () => {
  const { bus, target } = await newBus();
  const options = { target, group, topics, acknowledge: "all" } as const;
  const members = [await startMemberProcess(options), await startMemberProcess(options)];
  await until(() => members.every(({ assignment }) => assignment.size === 8));
  const end = produceSteadily(bus);
  await until(() => members.every(({ delivered }) => delivered.length > 200));
  await members[0]!.signal("SIGKILL");
  await until(() => members[1]!.assignment.size === 16);
  const sent = await end();
  await until(async () => (await lagOf(bus)) === 0);
  await until(() => textsOf(members).size === sent);
});

test("a member that was stopped for over five seconds has lost its partitions, and its late acknowledgements do nothing", async () => {
  const { bus, target } = await newBus();
  await bus.produce(numbered("tasks", 32, { partitions: 16 }));
  const sleeper = await startMemberProcess({ target, group, topics, acknowledge: "none" });
  await until(() => sleeper.delivered.length === 32);
  await sleeper.signal("SIGSTOP");
  const heir = await collect(bus, { group, topics, acknowledge: () => false });
  await until(() => heir.consumer.assignment().length === 16);
  await until(() => heir.deliveries.length === 32);
  // Before it can notice that it is a member no more.
  sleeper.send("acknowledge");
  await sleeper.signal("SIGCONT");
  await until(() => sleeper.assignment.size === 0 || heir.consumer.assignment().length < 16);
  expect(await lagOf(bus)).toBe(32);
  for (const delivery of heir.deliveries) delivery.acknowledge();
  await until(async () => (await lagOf(bus)) === 0);
  await until(() => sleeper.assignment.size === 8, { what: "the sleeper is a member again" });
});

test("a member process that is told to stop leaves at once and ends by itself", async () => {
  const { bus, target } = await newBus();
  const member = await startMemberProcess({ target, group, topics, acknowledge: "all" });
  await until(() => member.assignment.size === 16);
  const heir = await collect(bus, { group, topics });
  await until(() => heir.consumer.assignment().length === 8);
  member.send("stop");
  expect(await member.exited).toEqual([0, null]);
  await until(() => heir.consumer.assignment().length === 16);
});
