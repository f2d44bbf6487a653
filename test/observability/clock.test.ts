import { expect, test } from "vitest";
import { clockTrouble } from "../../src/observability/clock.ts";

test("a clock half a second off is a warning that says which way", () => {
  expect(clockTrouble(0)).toBeUndefined();
  expect(clockTrouble(-500)).toBeUndefined();
  expect(clockTrouble(501)).toContain("501 ms behind the store's");
  expect(clockTrouble(-2000.4)).toContain("2000 ms ahead of the store's");
});
