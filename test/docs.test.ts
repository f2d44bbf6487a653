import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { troubleshooting, withCodes } from "../scripts/troubleshooting.ts";

test("docs/troubleshooting.md has every code with its cause and cure, and no other", async () => {
  const document = await readFile(troubleshooting, "utf8");
  expect(document, "npm run build writes it").toBe(withCodes(document));
});
