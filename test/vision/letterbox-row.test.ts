import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import openWabt from "wabt";
import { letterboxRowBase64 } from "../../src/vision/letterbox-row.ts";

const source = new URL("../../src/vision/letterbox-row.wat", import.meta.url);

test("the module is its source, assembled", async () => {
  const { parseWat } = await openWabt();
  const { buffer } = parseWat("letterbox-row.wat", await readFile(source, "utf8"), { simd: true }).toBinary(
    {},
  );
  expect(letterboxRowBase64).toBe(Buffer.from(buffer).toString("base64"));
});
