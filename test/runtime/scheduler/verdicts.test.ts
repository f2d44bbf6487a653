import { expect, onTestFinished, test } from "vitest";
import { type Behave, startFaultyProvider } from "../../support/faulty-provider.ts";
import { until } from "../../support/until.ts";
import { aKey, messagesIn, openProcess, type Settings, schedulerConfig } from "./harness.ts";
import { aTask } from "./jobs.ts";

/** A scheduler with keys `a` (and `b`) at a provider that behaves like this. */
async function running(behave: Behave, settings: Partial<Settings> & { keyIds?: string[] } = {}) {
  const provider = await startFaultyProvider(behave);
  onTestFinished(() => provider.close());
  const keys = (settings.keyIds ?? ["a"]).map((id) => aKey(id, provider.url));
  const process = await openProcess(schedulerConfig({ keys, ...settings }));
  const role = await process.start();
  return { ...process, provider, role };
}

const unassessed = { results: [], hasDangerousDriving: null, maxRiskLevel: "unknown" };

test("a result says that a model for rendered cameras found the objects, where its task does", async () => {
  const { produce, resultsOf } = await running("good");
  const [rendered, real] = [{ ...aTask(), simulationModel: true }, aTask()];
  await produce(rendered, real);
  const results = await resultsOf(2);
  expect(results.get(rendered.taskId)?.metadata).toMatchObject({ simulationModel: true, calls: 1 });
  expect(results.get(real.taskId)?.metadata).not.toHaveProperty("simulationModel");
});

test("a task becomes one assessed result with everything the contract names", async () => {
  const prices = { "test-model": { input: 0.001, output: 0.01 } };
  const { produce, resultsOf, unacknowledged } = await running("good", { vlm: { prices } });
  const task = aTask();
  await produce(task);
  const result = (await resultsOf(1)).get(task.taskId);
  expect(result).toMatchObject({
    messageId: `${task.taskId}_result`,
    taskId: task.taskId,
    requestId: task.requestId,
    cameraId: task.cameraId,
    timestamp: task.timestamp,
    groupIndex: 1,
    status: "assessed",
    results: [{ groupIndex: 1, riskLevel: "medium", confidence: 0.72, riskTypes: ["跟车过近"] }],
    hasDangerousDriving: true,
    maxRiskLevel: "medium",
    error: null,
    errorCode: null,
    metadata: {
      llmModel: "test-model",
      apiKeyId: "a",
      retryCount: 0,
      calls: 1,
      throttledCalls: 0,
      promptTokens: 600,
      completionTokens: 60,
      costYuan: 0,
      providerRequestId: "chatcmpl-1",
    },
  });
  const { metadata, trace } = result ?? { metadata: {}, trace: {} };
  expect(metadata.llmOpenMs).toBeGreaterThan(0);
  expect(trace.assessedAt).toBeGreaterThanOrEqual(trace.dispatchedAt ?? Number.NaN);
  await until(async () => (await unacknowledged()) === 0);
});

test.each(["prose", "truncated", "emptyContent", "nothing", "html"] as const)(
  "a provider answering %s is asked once more, then the task fails; it never reads as none",
  async (behaviour) => {
    const { produce, resultsOf, provider } = await running(behaviour, { scheduler: { retryMaxAttempts: 5 } });
    const task = aTask();
    await produce(task);
    const result = (await resultsOf(1)).get(task.taskId);
    expect(result).toMatchObject({ ...unassessed, status: "failed", errorCode: "TMON_VLM_ANSWER_INVALID" });
    expect(provider.calls).toHaveLength(2);
  },
);

test("an invalid answer followed by a good one is assessed, and both are paid for", async () => {
  const { produce, resultsOf } = await running(({ number }) => (number === 1 ? "prose" : "good"));
  const task = aTask();
  await produce(task);
  expect((await resultsOf(1)).get(task.taskId)).toMatchObject({
    status: "assessed",
    metadata: { calls: 2, retryCount: 1, promptTokens: 1200, completionTokens: 120 },
  });
});

test("a fenced answer is a verdict", async () => {
  const { produce, resultsOf } = await running("fenced");
  const task = aTask();
  await produce(task);
  expect((await resultsOf(1)).get(task.taskId)).toMatchObject({ status: "assessed", maxRiskLevel: "medium" });
});

test.each([
  ["serverError", "TMON_VLM_SERVER_ERROR"],
  ["hang", "TMON_VLM_TIMEOUT"],
  ["reset", "TMON_VLM_UNREACHABLE"],
] as const)("a provider that does %s for ever fails the task after its retries", async (behaviour, code) => {
  const { produce, resultsOf, provider } = await running(behaviour, { scheduler: { timeoutMs: 500 } });
  const task = aTask();
  await produce(task);
  const result = (await resultsOf(1)).get(task.taskId);
  expect(result).toMatchObject({ ...unassessed, status: "failed", errorCode: code });
  expect(result?.metadata).toMatchObject({ calls: 3, retryCount: 2 });
  expect(provider.calls).toHaveLength(3);
});

test("a key the provider does not know is disabled, its task goes on with another", async () => {
  const { produce, resultsOf, provider, role } = await running(
    ({ key }) => (key === "sk-a" ? "unauthorized" : "good"),
    { keyIds: ["a", "b"] },
  );
  const tasks = Array.from({ length: 20 }, () => aTask());
  for (const task of tasks) await produce(task);
  const results = await resultsOf(20);
  expect([...results.values()].every(({ status }) => status === "assessed")).toBe(true);
  expect(role.stats()).toMatchObject({
    keys: [
      { id: "a", state: "disabled" },
      { id: "b", state: "healthy" },
    ],
  });
  const before = provider.calls.filter(({ key }) => key === "sk-a").length;
  await produce(...tasks.map(() => aTask()));
  await resultsOf(40);
  expect(provider.calls.filter(({ key }) => key === "sk-a")).toHaveLength(before);
});

test("with every key refused, tasks fail at once and readiness says why", async () => {
  const { produce, resultsOf, context } = await running("unauthorized");
  const tasks = [aTask(), aTask(), aTask()];
  await produce(...tasks);
  const results = [...(await resultsOf(3)).values()];
  expect(results.map(({ errorCode }) => errorCode)).toEqual(Array(3).fill("TMON_VLM_KEY_REJECTED"));
  expect(context.health.notReady()).toMatchObject([
    { name: "keys", reason: expect.stringContaining("a is disabled") },
  ]);
});

test("a throttled key cools down and its task goes on with another", async () => {
  const { produce, resultsOf, role } = await running(({ key }) => (key === "sk-a" ? "throttled" : "good"), {
    keyIds: ["a", "b"],
  });
  const task = aTask();
  await produce(task);
  await produce(aTask());
  await produce(aTask());
  const results = await resultsOf(3);
  expect([...results.values()].every(({ status }) => status === "assessed")).toBe(true);
  expect(role.stats()).toMatchObject({ keys: [{ id: "a", state: "cooling", calls: 1 }, { id: "b" }] });
});

test("a refused picture fails without a retry and without blame for the key", async () => {
  const refused = {
    status: 400,
    body: '{"error":{"message":"inappropriate","code":"data_inspection_failed"}}',
  };
  const { produce, resultsOf, provider, role } = await running(refused);
  await produce(aTask());
  expect([...(await resultsOf(1)).values()]).toMatchObject([{ errorCode: "TMON_VLM_IMAGE_REFUSED" }]);
  expect(provider.calls).toHaveLength(1);
  expect(role.stats()).toMatchObject({ keys: [{ state: "healthy" }] });
});

test("three different tasks refused in a row cool the key", async () => {
  const refused = { status: 413, body: "too large" };
  const { produce, resultsOf, role } = await running(refused);
  await produce(aTask(), aTask(), aTask());
  await resultsOf(3);
  expect(role.stats()).toMatchObject({ keys: [{ state: "cooling" }] });
});

test("a task without a picture fails without a call", async () => {
  const { produce, resultsOf, provider } = await running("good");
  const omitted = { ...aTask(), groupImageBase64: "" };
  const byUrl = { ...aTask(), groupImageBase64: "", groupImageUrl: "http://127.0.0.1/picture.jpg" };
  await produce(omitted, byUrl);
  const results = await resultsOf(2);
  for (const { taskId } of [omitted, byUrl])
    expect(results.get(taskId)).toMatchObject({ ...unassessed, errorCode: "TMON_IMAGE_OMITTED" });
  expect(provider.calls).toEqual([]);
});

test("a simulated answer to a live task is failed, to a file's task it is labelled", async () => {
  const content = '{"riskLevel":"none","confidence":0.1}';
  const { produce, resultsOf } = await running({ content, simulated: true });
  const live = { ...aTask(), source: "live" };
  const file = aTask();
  await produce(live, file);
  const results = await resultsOf(2);
  expect(results.get(live.taskId)).toMatchObject({ ...unassessed, errorCode: "TMON_SIMULATED_ON_LIVE" });
  expect(results.get(file.taskId)).toMatchObject({ status: "assessed", metadata: { simulated: true } });
});

test("a simulated answer to a live task counts where --vlm sim was said", async () => {
  const content = '{"riskLevel":"none","confidence":0.1}';
  const { produce, resultsOf } = await running(
    { content, simulated: true },
    { vlm: { simulatedOnLive: true } },
  );
  const live = { ...aTask(), source: undefined };
  await produce(live);
  expect((await resultsOf(1)).get(live.taskId)).toMatchObject({ status: "assessed", maxRiskLevel: "none" });
});

test("a sim camera's task never reaches a provider that is not on loopback", async () => {
  const { start, produce, resultsOf } = await openProcess(
    schedulerConfig({ keys: [aKey("a", "http://provider.invalid/v1")] }),
  );
  await start();
  const task = { ...aTask(), source: "sim" };
  await produce(task);
  expect((await resultsOf(1)).get(task.taskId)).toMatchObject({
    ...unassessed,
    errorCode: "TMON_SPEND_NOT_ALLOWED",
  });
});

test("without an enabled key the scheduler does not start", async () => {
  const { start } = await openProcess(
    schedulerConfig({ keys: [aKey("a", "http://x/v1", { enabled: false })] }),
  );
  await expect(start()).rejects.toMatchObject({ code: "TMON_NO_API_KEY" });
});

test("garbage goes to dead-letters with its bytes, and the tasks around it are assessed", async () => {
  const { context, produce, resultsOf, unacknowledged } = await running("good");
  const value = Buffer.from([0xff, 0x00, 0x7b]);
  await produce(aTask());
  await context.bus.produce([
    { topic: "assessment-tasks", key: "cam-1", value, headers: { from: "elsewhere" } },
  ]);
  await produce(aTask());
  await resultsOf(2);
  await until(async () => (await unacknowledged()) === 0);
  const letters = await messagesIn(context, "dead-letters");
  expect(letters.map((letter) => [letter.key, letter.value])).toEqual([["cam-1", value]]);
  expect(letters[0]?.headers).toMatchObject({
    from: "elsewhere",
    "schema-version": "1",
    "error-code": "TMON_MESSAGE_INVALID",
    "error-message": expect.stringContaining("cannot be read"),
    "source-topic": "assessment-tasks",
    "source-partition": expect.stringMatching(/^\d+$/),
    "source-offset": "1",
  });
});
