import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { drain } from "../../../src/runtime/load-test/drain.ts";
import { judgeOf, noteSent } from "../../../src/runtime/load-test/facts.ts";
import type { Load } from "../../../src/runtime/load-test/load.ts";
import type { Collector } from "../../../src/runtime/report/collector.ts";
import { noObservations, type ResultObservation } from "../../../src/runtime/report/observations.ts";
import { unfinished } from "../../../src/runtime/report/report.ts";
import type { FrameMark } from "../../../src/store/store.ts";
import { until } from "../../support/until.ts";

const load = { stop: async () => {}, isBack: ({ results }) => results.size === 1 } as Partial<Load> as Load;
const never = new AbortController().signal;

it("a deployment has drained when the frames without a verdict are closed, too: they leave entries in the store", async () => {
  const seen = noObservations();
  seen.results.set("m1_group1", { status: "expired", messageId: "m1" } as ResultObservation);
  let mark: FrameMark | undefined;
  let asked = 0;
  const store = {
    async frameMark() {
      asked += 1;
      return mark;
    },
  };
  const running = { load, collector: { seen } as Collector, system: undefined, store };
  const drained = drain(running, never);
  await until(() => asked > 1, { what: "another look at the frame's mark" });
  expect(await Promise.race([drained, delay(0, "open")])).toBe("open");
  mark = { taskIds: [] } as unknown as FrameMark;
  expect(await drained).toBe(true);
});

it("what was sent and could not be read back is unfinished, not forgotten", () => {
  for (const [from, expected] of [
    ["detections", { groupsWithoutTask: 2, tasksWithoutResult: 0 }],
    ["tasks", { groupsWithoutTask: 0, tasksWithoutResult: 2 }],
  ] as const) {
    const seen = noObservations();
    noteSent(seen, from, new Set(["m1", "m2"]));
    expect(unfinished(seen)).toMatchObject(expected);
  }
});

it("who judges in a deployment its results say", () => {
  const seen = noObservations();
  expect(judgeOf(seen)).toEqual({ vlm: "unknown", simulated: false });
  seen.results.set("a", { model: undefined, simulated: false } as ResultObservation);
  seen.results.set("b", { model: "qwen3-vl-plus", simulated: true } as ResultObservation);
  expect(judgeOf(seen)).toEqual({ vlm: "qwen3-vl-plus", simulated: true });
});
