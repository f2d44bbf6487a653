import { expect, test } from "vitest";
import type { Delivery, PauseScope } from "../../src/bus/bus.ts";
import { createPauses as createBusPauses } from "../../src/bus/embedded/pauses.ts";
import { createPauses } from "../../src/runtime/pauses.ts";

function pausesOnBus() {
  const bus = createBusPauses();
  const consumer = {
    pause: (scope: PauseScope = {}) => bus.pause(scope),
    resume: (scope: PauseScope = {}) => bus.resume(scope),
  };
  return { bus, pauses: createPauses(consumer) };
}

const message = { topic: "t", partition: 3 } as Delivery;

test("a partition that waits for an upgrade stays paused when its topic goes on", () => {
  const { bus, pauses } = pausesOnBus();
  pauses.hold(message);
  pauses.pause("t");
  pauses.resume("t");
  expect([bus.paused("t", 3), bus.paused("t", 4)]).toEqual([true, false]);
  expect([pauses.holds("t", 3), pauses.held()]).toEqual([true, 1]);
  expect(pauses.reason()).toContain("TMON_SCHEMA_NEWER: partition 3 of t");
});

test("a lost partition is held no longer", () => {
  const { pauses } = pausesOnBus();
  pauses.hold(message);
  pauses.forget([3]);
  expect([pauses.holds("t", 3), pauses.held(), pauses.reason()]).toEqual([false, 0, undefined]);
});
