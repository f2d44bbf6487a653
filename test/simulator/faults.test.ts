import { expect, onTestFinished, test } from "vitest";
import { Secret } from "../../src/config/secret.ts";
import { seededRandom } from "../../src/simulator/random.ts";
import { type FaultName, faultAt, faultNames } from "../../src/simulator/vlm/faults.ts";
import { type SimulatedVlmOptions, startSimulatedVlm } from "../../src/simulator/vlm/server.ts";
import { createVlmClient } from "../../src/vlm/client.ts";
import { aRequest } from "../vlm/request.ts";

const thresholds = { low: 0.45, medium: 0.65, high: 0.8 };

async function simulated(options: SimulatedVlmOptions, timeoutMs = 10_000) {
  const provider = await startSimulatedVlm({ latencyMs: 0, ...options });
  const client = createVlmClient({ language: "en", thresholds, maxTokens: 300, timeoutMs });
  onTestFinished(async () => {
    await client.close();
    await provider.close();
  });
  const assess = (key = "k") =>
    client.assess(
      aRequest(),
      { baseUrl: provider.url, key: new Secret(key), model: "m" },
      new AbortController().signal,
    );
  return { ...provider, assess };
}

/** What tmon makes of each fault: its code without the prefix, whom it blames, and the status it saw. */
const meanings: Record<FaultName, [code: string, blame: string, status?: number]> = {
  invalid_api_key: ["KEY_REJECTED", "key", 401],
  Arrearage: ["UNPAID", "account", 400],
  PrepaidBillOverdue: ["UNPAID", "account", 429],
  PostpaidBillOverdue: ["UNPAID", "account", 429],
  CommodityNotPurchased: ["UNPAID", "account", 429],
  "AllocationQuota.FreeTierOnly": ["FREE_QUOTA", "group", 403],
  free_quota_exceeded: ["FREE_QUOTA", "group", 429],
  limit_requests: ["THROTTLED", "group", 429],
  "Throttling.RateQuota": ["THROTTLED", "group", 429],
  insufficient_quota: ["THROTTLED", "group", 429],
  "Throttling.AllocationQuota": ["THROTTLED", "group", 429],
  limit_burst_rate: ["THROTTLED", "group", 429],
  "Throttling.BurstRate": ["THROTTLED", "group", 429],
  Throttling: ["THROTTLED", "group", 429],
  unknown_429: ["THROTTLED", "group", 429],
  access_denied: ["ACCESS_DENIED", "key", 403],
  "Model.AccessDenied": ["ACCESS_DENIED", "key", 403],
  model_not_found: ["MODEL_UNKNOWN", "model", 404],
  data_inspection_failed: ["IMAGE_REFUSED", "task", 400],
  invalid_parameter_error: ["REQUEST_REFUSED", "task", 400],
  request_too_large: ["REQUEST_REFUSED", "task", 413],
  internal_error: ["SERVER_ERROR", "model", 500],
  ModelServingError: ["SERVER_ERROR", "model", 503],
  bad_gateway: ["SERVER_ERROR", "model", 502],
  gateway_timeout: ["SERVER_ERROR", "model", 504],
  unknown_5xx: ["SERVER_ERROR", "model", 520],
  broken_json: ["ANSWER_INVALID", "answer", 200],
  truncated: ["ANSWER_INVALID", "answer", 200],
  partial: ["ANSWER_INVALID", "answer", 200],
  blind: ["ANSWER_INVALID", "answer", 200],
  reset: ["UNREACHABLE", "network"],
  cut: ["UNREACHABLE", "network"],
  hang: ["TIMEOUT", "network"],
  drip: ["TIMEOUT", "network"],
};

test.each(faultNames)("%s is what tmon takes it for", async (fault) => {
  const [code, blame, status] = meanings[fault];
  const slow = fault === "hang" || fault === "drip";
  const { assess, stats } = await simulated({ faults: [{ fault }] }, slow ? 300 : undefined);
  const error = await assess().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: `TMON_VLM_${code}`, failure: { blame } });
  expect((error as { details: { status?: number } }).details.status).toBe(status);
  if (status !== undefined) expect(stats().answers).toEqual({ [status]: 1 });
});

test("a drip that ends in time is a good answer", async () => {
  const { assess } = await simulated({ faults: [{ fault: "drip", overMs: 200 }] });
  expect(await assess()).toMatchObject({ verdicts: [{}], simulated: true });
});

test("slow_start and cooling are told apart by DashScope's own words", async () => {
  const action = async (fault: FaultName) => {
    const { assess } = await simulated({ faults: [{ fault }] });
    return ((await assess().catch((thrown: unknown) => thrown)) as { failure: { action: string } }).failure
      .action;
  };
  expect(await action("limit_burst_rate")).toBe("slow_start");
  expect(await action("insufficient_quota")).toBe("cool");
});

test("a key dies at its time, whatever else befalls it, and lives again", () => {
  const faults = [
    { fault: "internal_error" as const, share: 0.5 },
    { fault: "Arrearage" as const, fromMs: 60_000, untilMs: 90_000 },
  ];
  const seen = (elapsedMs: number) =>
    new Set([0, 0.3, 0.7].map((chance) => faultAt(faults, elapsedMs, chance)?.fault));
  expect(seen(59_999)).toEqual(new Set(["internal_error", undefined]));
  expect(seen(60_000)).toEqual(new Set(["Arrearage"]));
  expect(seen(90_000)).toEqual(new Set(["internal_error", undefined]));
});

test("shares are shares of all requests", () => {
  const random = seededRandom(3);
  const faults = [
    { fault: "reset" as const, share: 0.1 },
    { fault: "hang" as const, share: 0.3 },
  ];
  const drawn = Array.from({ length: 10_000 }, () => faultAt(faults, 0, random())?.fault);
  const shareOf = (fault: FaultName) => drawn.filter((each) => each === fault).length / drawn.length;
  expect(shareOf("reset")).toBeCloseTo(0.1, 1);
  expect(shareOf("hang")).toBeCloseTo(0.3, 1);
});

test("a key's faults are the same ones however the others ask", async () => {
  const outcomes = async (others: number) => {
    const { assess } = await simulated({ seed: 7, faults: [{ fault: "internal_error", share: 0.5 }] });
    const all = [];
    for (let call = 0; call < 12; call++) {
      for (let other = 0; other < others; other++) await assess("other").catch(() => {});
      all.push(
        await assess("k").then(
          () => "good",
          () => "failed",
        ),
      );
    }
    return all;
  };
  const alone = await outcomes(0);
  expect(new Set(alone)).toEqual(new Set(["good", "failed"]));
  expect(await outcomes(2)).toEqual(alone);
});
