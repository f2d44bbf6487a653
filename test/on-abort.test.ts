import { expect, test } from "vitest";
import { onAbort } from "../src/on-abort.ts";

test("all who listen hear of the abort once, but for those who stopped listening", () => {
  const controller = new AbortController();
  const heard: string[] = [];
  for (const name of ["first", "second", "third"]) {
    const forget = onAbort(controller.signal, () => heard.push(name));
    if (name === "second") forget();
  }
  controller.abort();
  expect(heard).toEqual(["first", "third"]);
});
