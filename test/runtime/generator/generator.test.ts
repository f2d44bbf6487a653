import { afterEach, expect, test } from "vitest";
import type { ReceivedMessage } from "../../../src/bus/bus.ts";
import { encode } from "../../../src/messages/codec.ts";
import type { topicIds } from "../../../src/messages/topics.ts";
import { startGenerator } from "../../../src/runtime/generator/generator.ts";
import type { RoleContext, RunningRole } from "../../../src/runtime/role.ts";
import { seedDetection } from "../../messages/seed-samples.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";

const releases: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

async function start(): Promise<{ context: RoleContext; generator: RunningRole }> {
  const { context, close } = await openContext(testConfig(temporaryDirectory()));
  releases.push(close);
  const generator = await startGenerator(context);
  releases.push(() => generator.stop());
  return { context, generator };
}

function detect(context: RoleContext, messages: { value: Buffer; cameraId?: string }[]): Promise<void> {
  return context.bus.produce(
    messages.map(({ value, cameraId = "7" }) => ({ topic: "detection-results", key: cameraId, value })),
  );
}

const detection = (messageId: string, changes: object = {}) =>
  encode({ ...seedDetection, messageId, ...changes });

async function read(context: RoleContext, topic: (typeof topicIds)[number]): Promise<ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  for await (const message of context.bus.read({ topics: [topic], from: "earliest", untilEnd: true }))
    messages.push(message);
  return messages;
}

const taskIds = async (context: RoleContext) =>
  (await read(context, "assessment-tasks")).map(({ value }) => JSON.parse(value.toString()).taskId);

async function lag(context: RoleContext): Promise<number> {
  const offsets = await context.bus.describeGroup(context.config.groups.generator, ["detection-results"]);
  return offsets.reduce((sum, of) => sum + of.lag, 0);
}

test("each group becomes one task of its camera, in order, and the detection is acknowledged", async () => {
  const { context, generator } = await start();
  await detect(
    context,
    ["a", "b", "c"].map((id) => ({ value: detection(id) })),
  );
  await until(async () => (await lag(context)) === 0);
  expect(await taskIds(context)).toEqual(["a_group1", "b_group1", "c_group1"]);
  expect((await read(context, "assessment-tasks")).map((task) => task.key)).toEqual(["7", "7", "7"]);
  expect(generator.stats()).toMatchObject({ framesRead: 3, tasksGenerated: 3, waitingBytes: 0 });
});

test("a frame without groups makes no task and holds nothing up", async () => {
  const { context } = await start();
  await detect(context, [{ value: detection("empty", { trafficGroups: [] }) }, { value: detection("b") }]);
  await until(async () => (await lag(context)) === 0);
  expect(await taskIds(context)).toEqual(["b_group1"]);
});

test("garbage goes to dead-letters as it came, with where it came from, and the rest goes on", async () => {
  const { context } = await start();
  const garbage = Buffer.from([0xff, 0x00, 0x7b]);
  await detect(context, [{ value: garbage }, { value: Buffer.from("{}") }, { value: detection("b") }]);
  await until(async () => (await lag(context)) === 0);
  expect(await taskIds(context)).toEqual(["b_group1"]);
  const { values } = await context.metrics.messagesReceived.get();
  expect(values).toMatchObject([
    { labels: { group: "tmon-generator", topic: "detection-results" }, value: 3 },
  ]);
  const letters = await read(context, "dead-letters");
  expect(letters.map((letter) => letter.value)).toEqual([garbage, Buffer.from("{}")]);
  expect(letters[0]?.headers).toMatchObject({
    "error-code": "TMON_MESSAGE_INVALID",
    "error-message": expect.stringContaining("not JSON"),
    "source-topic": "detection-results",
    "source-offset": "0",
  });
});

test("a message of a newer tmon holds its partition until an upgrade, and no other", async () => {
  const { context, generator } = await start();
  await detect(context, [
    { value: detection("newer", { schemaVersion: 2 }) },
    { value: detection("behind") },
    { value: detection("elsewhere"), cameraId: "8" },
  ]);
  await until(async () => (await taskIds(context)).includes("elsewhere_group1"));
  await until(() => context.health.notReady().length > 0);
  expect(context.health.notReady()[0]?.reason).toMatch(
    /TMON_SCHEMA_NEWER: partition \d+ of detection-results/,
  );
  expect(await taskIds(context)).toEqual(["elsewhere_group1"]);
  expect(await read(context, "dead-letters")).toEqual([]);
  await until(async () => !(await generator.busy()));
});

test("a drained generator has acknowledged all it took, and the next one repeats nothing", async () => {
  const { context, generator } = await start();
  await detect(
    context,
    Array.from({ length: 200 }, (_, index) => ({
      value: detection(`m${index}`),
      cameraId: `cam-${index % 8}`,
    })),
  );
  await until(() => Number(generator.stats().framesRead) > 0);
  await generator.drain();

  const next = await startGenerator(context);
  releases.push(() => next.stop());
  await until(async () => (await lag(context)) === 0);
  const ids = await taskIds(context);
  expect(ids.length).toBe(200);
  expect(new Set(ids).size).toBe(200);
});
