import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { abortAfter } from "../src/abort-after.ts";
import { until } from "./support/until.ts";

test("a signal that is only part of another is not forgotten with the garbage", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const either = (() => AbortSignal.any([new AbortController().signal, abortAfter(50)]))();
  // Twice: what is held weakly outlives the turn it was made in.
  collectGarbage();
  await new Promise(setImmediate);
  collectGarbage();
  await until(() => either.aborted);
  expect(either.reason).toMatchObject({ name: "TimeoutError" });
});
