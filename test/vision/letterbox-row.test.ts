import { expect, test } from "vitest";
import { letterboxRowBase64 } from "../../src/vision/letterbox-row.ts";
import { assemble } from "../support/assemble.ts";

test("the module is its source, assembled", async () => {
  const source = new URL("../../src/vision/letterbox-row.wat", import.meta.url);
  expect(letterboxRowBase64).toBe(await assemble(source));
});
