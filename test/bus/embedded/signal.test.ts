import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createChangeSignal } from "../../../src/bus/embedded/signal.ts";
import { announceChange, openTables } from "../../../src/bus/embedded/tables.ts";
import { openEnvironment } from "../../../src/lmdb/environment.ts";
import { temporaryDirectory } from "../../support/tmp.ts";

test("who reads what this process wrote is told at once and once, and others' changes are told to all", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const environment = openEnvironment(join(temporaryDirectory(), "bus.mdb"), { durability: "process" });
  onTestFinished(() => environment.close());
  const tables = openTables(environment);
  const announce = () => environment.write(() => announceChange(tables));
  const signal = createChangeSignal(environment, tables);
  onTestFinished(() => signal.close());
  let told: string[] = [];
  signal.subscribe(["tasks"], () => told.push("tasks"));
  signal.subscribe(["results", "detections"], () => told.push("results"));
  const toldBy = (step: () => void) => {
    told = [];
    step();
    return told;
  };
  const poll = () => vi.advanceTimersByTime(20);

  await announce();
  expect(toldBy(poll)).toEqual(["tasks", "results"]);
  expect(toldBy(poll)).toEqual([]);

  const own = await announce();
  expect(toldBy(() => signal.raise(own, new Set(["results"])))).toEqual(["results"]);
  expect(toldBy(poll)).toEqual([]);

  // Of another process, between two of our own.
  await announce();
  const second = await announce();
  expect(toldBy(() => signal.raise(second, new Set(["results"])))).toEqual(["results"]);
  expect(toldBy(poll)).toEqual(["tasks", "results"]);

  // Seen by the poll before we say so.
  const third = await announce();
  expect(toldBy(poll)).toEqual(["tasks", "results"]);
  expect(toldBy(() => signal.raise(third, new Set(["results"])))).toEqual(["results"]);
  expect(toldBy(poll)).toEqual([]);
});
