import { afterAll, afterEach, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../src/config/secret.ts";
import { deferred } from "../../src/runtime/detector/deferred.ts";
import { createVlmClient } from "../../src/vlm/client.ts";
import { NotSent } from "../../src/vlm/exchange.ts";
import { VlmError } from "../../src/vlm/failure.ts";
import { type Behaviour, startFaultyProvider } from "../support/faulty-provider.ts";
import { until } from "../support/until.ts";
import { aRequest } from "./request.ts";

const key = "sk-0123456789012345abcdef";
const config = {
  language: "zh" as const,
  thresholds: { low: 0.45, medium: 0.65, high: 0.8 },
  maxTokens: 300,
};
const client = createVlmClient({ ...config, timeoutMs: 500 });
afterAll(() => client.close());

let provider: Awaited<ReturnType<typeof startFaultyProvider>>;
afterEach(() => provider.close());

async function assess(behaviour: Behaviour, signal = new AbortController().signal) {
  provider = await startFaultyProvider(behaviour);
  return await client.assess(aRequest(), { baseUrl: provider.url, key: new Secret(key), model: "m" }, signal);
}

async function failureOf(behaviour: Behaviour): Promise<VlmError> {
  const error = await assess(behaviour).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(VlmError);
  return error as VlmError;
}

test.each(["good", "fenced", "proseAround"] as const)(
  "a %s answer gives verdict, usage and ids",
  async (behaviour) => {
    expect(await assess(behaviour)).toMatchObject({
      verdicts: [{ groupIndex: 2, riskLevel: "medium", riskTypes: ["跟车过近"] }],
      usage: { promptTokens: 600, completionTokens: 60 },
      providerRequestId: "chatcmpl-1",
      model: "test-model",
      simulated: false,
    });
  },
);

test("the key goes as a bearer token to the base URL's /chat/completions", async () => {
  await assess("good");
  expect(provider.calls).toMatchObject([{ key }]);
  expect(JSON.parse(provider.calls[0]?.body ?? "")).toMatchObject({ model: "m", max_tokens: 300 });
});

test("a simulated answer says so", async () => {
  const content = '{"riskLevel":"none","confidence":0.1}';
  expect(await assess({ content, simulated: true })).toMatchObject({ simulated: true });
});

test.each(["prose", "truncated", "emptyContent", "nothing", "html"] as const)(
  "%s with status 200 is an invalid answer, never none",
  async (behaviour) => {
    expect(await failureOf(behaviour)).toMatchObject({
      code: "TMON_VLM_ANSWER_INVALID",
      failure: { retry: "once" },
    });
  },
);

test("what an invalid answer cost is known", async () => {
  const { details } = await failureOf("prose");
  expect(details.usage).toEqual({ promptTokens: 600, completionTokens: 60 });
});

test("an endless answer is given up", async () => {
  const body = "x".repeat(3 * 1024 * 1024);
  expect(await failureOf({ status: 200, body })).toMatchObject({ code: "TMON_VLM_ANSWER_INVALID" });
});

test("an error in a response of status 200 is that error", async () => {
  const body = '{"error":{"message":"slow down","code":"limit_requests"}}';
  expect(await failureOf({ status: 200, body })).toMatchObject({ code: "TMON_VLM_THROTTLED" });
});

test("a provider that hangs is timed out", async () => {
  expect(await failureOf("hang")).toMatchObject({ code: "TMON_VLM_TIMEOUT", failure: { blame: "network" } });
});

test("a connection that is reset is unreachable", async () => {
  expect(await failureOf("reset")).toMatchObject({ code: "TMON_VLM_UNREACHABLE" });
});

test("a closed port is unreachable", async () => {
  provider = await startFaultyProvider("good");
  await provider.close();
  const target = { baseUrl: provider.url, key: new Secret(key), model: "m" };
  await expect(client.assess(aRequest(), target, new AbortController().signal)).rejects.toMatchObject({
    code: "TMON_VLM_UNREACHABLE",
  });
});

test.each([
  ["7", 7_000],
  [new Date(Date.now() + 3_600_000 * 2).toUTCString(), 3_600_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", undefined],
])("Retry-After %s is heeded", async (header, expected) => {
  const body = '{"error":{"message":"slow down","code":"limit_requests"}}';
  const { details } = await failureOf({ status: 429, body, headers: { "retry-after": header } });
  expect(details.retryAfterMs).toBe(expected);
});

test("a provider that repeats the key does not put it into the error", async () => {
  const body = JSON.stringify({
    error: { message: `Incorrect API key provided: ${key}, sk-otherotherother` },
  });
  const error = await failureOf({ status: 401, body });
  expect(error.message).toContain("sk-…cdef");
  expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/012345|otherother/);
});

test("an aborted call ends at once with the signal's reason", async () => {
  const abort = new AbortController();
  const call = assess("hang", abort.signal);
  await until(() => provider?.calls.length);
  abort.abort(new Error("stopped"));
  await expect(call).rejects.toThrow("stopped");
});

test("a call that may not be sent any more once its connection is ready is not sent", async () => {
  provider = await startFaultyProvider("good");
  const target = { baseUrl: provider.url, key: new Secret(key), model: "m" };
  const { signal } = new AbortController();
  await expect(client.assess(aRequest(), target, signal, () => false)).rejects.toThrow(NotSent);
  expect(await client.assess(aRequest(), target, signal, () => true)).toMatchObject({ verdicts: [{}] });
  expect(provider.calls).toHaveLength(1);
});

test("many calls are in flight at once, over connections that are kept", async () => {
  const count = 100;
  const rounds = [deferred<void>(), deferred<void>()];
  provider = await startFaultyProvider(async ({ number }): Promise<Behaviour> => {
    const round = rounds[Math.floor((number - 1) / count)];
    if (number % count === 0) round?.resolve();
    await round?.promise;
    return "good" as const;
  });
  const patient = createVlmClient({ ...config, timeoutMs: 60_000 });
  onTestFinished(patient.close);
  const target = { baseUrl: provider.url, key: new Secret(key), model: "m" };
  for (const _ of rounds) {
    const calls = Array.from({ length: count }, () =>
      patient.assess(aRequest(), target, new AbortController().signal),
    );
    expect(await Promise.all(calls)).toHaveLength(count);
    // A connection is free a turn after its answer.
    await new Promise(setImmediate);
  }
  expect(provider.connections()).toBe(count);
});
