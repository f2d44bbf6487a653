import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import type { Delivery } from "../../src/bus/bus.ts";
import { encode } from "../../src/messages/codec.ts";
import { taskSchema } from "../../src/messages/task.ts";
import { route } from "../../src/runtime/intake.ts";
import { type Receipt, receiptOf } from "../../src/runtime/receipt.ts";
import { openContext, testConfig } from "../support/context.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";
import { aTask } from "./scheduler/jobs.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** A delivery that nobody holds but who is given it. */
function deliver(read: (delivery: Delivery) => void): WeakRef<Buffer> {
  const value = encode(aTask());
  const place = {
    topic: "assessment-tasks",
    partition: 3,
    offset: 8,
    key: "cam-1",
    timestamp: 0,
    headers: {},
  };
  read({ ...place, value, acknowledge() {}, abandon() {}, owned: () => true });
  return new WeakRef(value);
}

const collected = (bytes: WeakRef<Buffer>) =>
  until(() => {
    collectGarbage();
    return bytes.deref() === undefined;
  });

test("while a role works on a message its bytes are not held beside what was read of them", async () => {
  const held: { taskId: string; receipt: Receipt }[] = [];
  const { read } = route("assessment-tasks", taskSchema, ({ taskId }, receipt) => {
    held.push({ taskId, receipt });
  });
  const bytes = deliver(read);
  await collected(bytes);
  expect(held[0]?.receipt).toMatchObject({ topic: "assessment-tasks", partition: 3, offset: 8 });
  expect(held[0]?.receipt.bytes).toBeGreaterThan(100);
});

test("nor are they by the bus", async () => {
  const { context, close } = await openContext(testConfig(temporaryDirectory()));
  onTestFinished(close);
  const receipts: Receipt[] = [];
  const bytes: WeakRef<Buffer>[] = [];
  const consumer = await context.bus.consume({
    group: "g",
    topics: ["assessment-tasks"],
    deliver(delivery) {
      receipts.push(receiptOf(delivery));
      bytes.push(new WeakRef(delivery.value));
    },
  });
  onTestFinished(consumer.stop);
  await context.bus.produce([{ topic: "assessment-tasks", key: "cam-1", value: Buffer.alloc(30_000, 1) }]);
  const [first] = await until(() => bytes.length > 0 && bytes);
  await collected(first as WeakRef<Buffer>);
  expect(receipts.map((receipt) => receipt.owned())).toEqual([true]);
});
