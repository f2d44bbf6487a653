import { pino } from "pino";
import { expect, test } from "vitest";
import { createOutage } from "../../src/observability/outage.ts";

const says = { begins: "frames wait", ends: "frames go on" };

function open() {
  const lines: object[] = [];
  const log = pino(
    { base: null, timestamp: false },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  );
  return { lines, outage: createOutage(log, says) };
}

test("an outage is told when the first fails, and once more when all that waited is done", () => {
  const { lines, outage } = open();
  outage.done("a");
  for (const work of ["a", "b", "a", "b", "a"]) outage.failed(new Error(`${work} failed`), work);
  outage.done("b");
  outage.done("c");
  expect(lines).toEqual([{ level: 50, error: "a failed", msg: "frames wait" }]);
  outage.done("a");
  outage.done("a");
  expect(lines.slice(1)).toEqual([{ level: 30, waited: 2, failures: 5, msg: "frames go on" }]);
});

test("the next outage is told anew, and counted from nothing", () => {
  const { lines, outage } = open();
  for (const message of ["first", "second"]) {
    outage.failed(new Error(message));
    outage.done();
  }
  expect(lines).toMatchObject([{ error: "first" }, { failures: 1 }, { error: "second" }, { failures: 1 }]);
});
