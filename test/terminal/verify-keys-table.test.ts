import stringWidth from "string-width";
import { expect, it } from "vitest";
import { fitted } from "../../src/terminal/verify-keys.ts";

const head = "ID KEY ACCOUNT MODEL RESULT VALID REACHED PICTURE LATENCY STATE".split(" ");
const row = [
  "key_1",
  "sk-…cdef",
  "environment",
  "qwen3-vl-plus",
  "ok",
  "yes",
  "yes",
  "described",
  "829ms",
  "healthy",
];

it.each([
  [120, head],
  [85, head.filter((name) => name !== "MODEL")],
  [80, head.filter((name) => name !== "MODEL" && name !== "KEY")],
])("at %i columns it has as many columns as fit, each line whole", (width, columns) => {
  const lines = fitted(head, [row], width).split("\n");
  expect(lines[0]!.split(/\s+/)).toEqual(columns);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
});

it("where the output is no terminal it has them all", () => {
  expect(fitted(head, [row]).split("\n")[0]!.split(/\s+/)).toEqual(head);
});
