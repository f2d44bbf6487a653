import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

it.each([
  ["seed: 1", /DASHSCOPE_API_KEY=any/],
  ["keys: [{ key: sk-a }]", /one of the scenario's keys as DASHSCOPE_API_KEY/],
])("its first line says which keys it takes: %s", async (scenario, words) => {
  const file = join(temporaryDirectory(), "provider.yaml");
  writeFileSync(file, scenario);
  const provider = startTmon(["sim", "vlm", "--port", "0", "--scenario", file]);
  await provider.says(words);
  provider.kill("SIGTERM");
  expect((await provider.ended).exitCode).toBe(0);
});
