import { expect, test } from "vitest";
import { waitOf, whyOf } from "../../src/terminal/key-why.ts";

const now = Date.parse("2026-11-24T08:00:00.000Z");
const usableAt = "2026-11-24T08:01:09.000Z";
const throttled = { reason: "the provider answered 429", reasonCode: "TMON_VLM_THROTTLED", order: null };

test("a key's trouble is named in a word, then in the provider's", () => {
  expect(whyOf({ ...throttled, state: "cooling", usableAt })).toBe("throttled: the provider answered 429");
  const healthy = { state: "healthy", reason: null, reasonCode: null, usableAt: null, order: null };
  expect(whyOf(healthy)).toBeUndefined();
  expect(whyOf({ ...throttled, state: "disabled", usableAt: null, order: "drain" })).toBe("by tmon keys");
});

test("how long it lasts is said of what passes by itself", () => {
  expect(waitOf({ ...throttled, state: "cooling", usableAt }, now)).toBe("for 69s");
  // A window that is full for the moment is no trouble, and what is past no wait.
  expect(waitOf({ ...throttled, state: "healthy", usableAt }, now)).toBeUndefined();
  expect(waitOf({ ...throttled, state: "cooling", usableAt }, now + 70_000)).toBeUndefined();
  expect(waitOf({ ...throttled, state: "disabled", usableAt, order: "disable" }, now)).toBeUndefined();
});
