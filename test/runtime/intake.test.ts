import { expect, onTestFinished, test } from "vitest";
import type { Bus } from "../../src/bus/bus.ts";
import { detectionSchema } from "../../src/messages/detection.ts";
import { openIntake, route } from "../../src/runtime/intake.ts";
import { openContext, testConfig } from "../support/context.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

test("the lag is measured once at a time, however slow the bus is", async () => {
  const { context, close } = await openContext(testConfig(temporaryDirectory()));
  onTestFinished(close);
  let asked = 0;
  const slow: Bus = {
    ...context.bus,
    describeGroup() {
      asked += 1;
      return new Promise(() => {});
    },
  };
  let looks = 0;
  const intake = await openIntake(
    { ...context, bus: slow },
    {
      role: "generator",
      routes: [route("detection-results", detectionSchema, () => {})],
      reads: () => {
        if (asked > 0) looks += 1;
      },
    },
  );
  onTestFinished(() => intake.stop());
  await until(() => looks === 3);
  expect(asked).toBe(1);
});
