import { describe, expect, test } from "vitest";
import { heartbeatPrefix } from "../../../src/runtime/heartbeat.ts";
import { lacks } from "../../support/machine.ts";
import { openPage, serve } from "./support.ts";

const healthy = {
  ...{ key: "sk-…ab", account: "main", group: "main/m", model: "qwen3-vl-plus", state: "healthy" },
  ...{ reason: null, reasonCode: null, usableAt: null, order: null, inFlight: 3, calls: 1_200, failures: 4 },
  latencyMs: { p50: 910, p95: 1_900 },
};
const at = "2026-11-24T08:00:09.000Z";
const keys = [
  { ...healthy, id: "fine" },
  {
    ...{ ...healthy, id: "wrong", state: "disabled", reasonCode: "TMON_VLM_KEY_REJECTED" },
    reason: "the provider answered 401 (invalid_api_key): Incorrect API key provided.",
  },
  {
    ...{ ...healthy, id: "unpaid", state: "disabled", reasonCode: "TMON_VLM_UNPAID", usableAt: at },
    reason:
      "the provider answered 400 (Arrearage): Access denied, please make sure your account is in good standing.",
  },
  {
    ...{ ...healthy, id: "busy", state: "cooling", reasonCode: "TMON_VLM_THROTTLED", usableAt: at },
    reason: "the provider answered 429 (limit_requests): You exceeded your current requests list.",
  },
  { ...healthy, id: "out", state: "draining", order: "drain", reason: "it is being drained by tmon keys" },
  { ...healthy, id: "odd", state: "cooling", reason: "what a newer scheduler says" },
];

/** What the page says of each key, in a browser of its own. */
async function shown(url: string, language: "en" | "zh"): Promise<string[]> {
  const page = await openPage(url, { language });
  await page.locator(".keys-meter button").focus();
  const states = page.locator(".key-states li");
  await states.first().waitFor();
  return (await states.allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
}

describe.skipIf(lacks("chromium"))("the keys on the page", () => {
  test("each with its state, why, and until when, in the page's language", async () => {
    const { url, context } = await serve({ timezone: "Asia/Shanghai" });
    const beat = { role: "scheduler", instance: "s", at: context.store.now(), stats: { keys } };
    await context.store.set(`${heartbeatPrefix}scheduler:s`, JSON.stringify(beat));
    expect(await shown(url, "en")).toEqual([
      expect.stringMatching(
        /^fine healthy qwen3-vl-plus · 3 in flight · 1200 calls · 4 failed · p95 1\.9\d? s$/,
      ),
      expect.stringMatching(
        /^wrong disabled · the provider refuses the key · until it is changed.*Incorrect API key/,
      ),
      expect.stringMatching(/^unpaid disabled · the account is unpaid · tried again at 16:00:09 .*Arrearage/),
      expect.stringMatching(/^busy cooling down · throttled by the provider · until 16:00:09 /),
      expect.stringMatching(/^out draining · by tmon keys · until tmon keys enable /),
      expect.stringMatching(/^odd cooling down · what a newer scheduler says /),
    ]);
    expect(await shown(url, "zh")).toEqual([
      expect.stringMatching(/^fine 可用 /),
      expect.stringMatching(/^wrong 已停用 · 服务商不接受该密钥 · 直到更换密钥/),
      expect.stringMatching(/^unpaid 已停用 · 账号欠费 · 16:00:09 再次尝试 /),
      expect.stringMatching(/^busy 冷却中 · 被服务商限流 · 直到 16:00:09 /),
      expect.stringMatching(/^out 排空中 · 由 tmon keys 停用 · 直到 tmon keys enable /),
      expect.stringMatching(/^odd 冷却中 · what a newer scheduler says /),
    ]);
  });
});
