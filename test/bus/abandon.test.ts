import { expect, onTestFinished, test } from "vitest";
import type { Delivery } from "../../src/bus/bus.ts";
import { openContext, testConfig } from "../support/context.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

test("a message abandoned after its handover came to nothing is given to its owner again, and no other is", async () => {
  const { context, close } = await openContext(testConfig(temporaryDirectory()));
  onTestFinished(close);
  const deliveries: Delivery[] = [];
  const deliver = (delivery: Delivery) => void deliveries.push(delivery);
  const consumer = await context.bus.consume({ group: "g", topics: ["assessment-tasks"], deliver });
  onTestFinished(consumer.stop);
  const message = { topic: "assessment-tasks", key: "cam-1", value: Buffer.from("{}") };
  await context.bus.produce([message, message, message]);
  await until(() => deliveries.length === 3);

  const [first, second, third] = deliveries.map(({ offset }) => offset);
  deliveries[2]?.acknowledge();
  deliveries[1]?.abandon();
  await until(() => deliveries.length === 4);
  await context.bus.produce([message]);
  await until(() => deliveries.length === 5);
  expect(deliveries.map(({ offset }) => offset)).toEqual([first, second, third, second, Number(third) + 1]);
  expect([deliveries[1]?.owned(), deliveries[3]?.owned(), consumer.inFlight()]).toEqual([false, true, 3]);
});
