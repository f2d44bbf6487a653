import { expect, test } from "vitest";
import type { Delivery, PauseScope } from "../../src/bus/bus.ts";
import { createPauses as createBusPauses } from "../../src/bus/pauses.ts";
import { createPauses } from "../../src/runtime/pauses.ts";

function pausesOnBus() {
  const bus = createBusPauses();
  const consumer = {
    pause: (scope: PauseScope = {}) => bus.pause(scope),
    resume: (scope: PauseScope = {}) => bus.resume(scope),
  };
  return { bus, pauses: createPauses(consumer) };
}

let abandoned = 0;
const abandon = () => {
  abandoned += 1;
};
const message = { topic: "t", partition: 3, abandon } as Delivery;

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

test("what is held of a partition that is handed over does not hold up its next owner", () => {
  const { bus, pauses } = pausesOnBus();
  for (const partition of [3, 3, 4]) pauses.hold({ ...message, partition });
  pauses.abandon([3]);
  expect([abandoned, pauses.held(), pauses.holds("t", 3), bus.paused("t", 3)]).toEqual([2, 1, true, true]);
});
