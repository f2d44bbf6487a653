import { pino } from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startHealthCheck } from "../../../src/runtime/scheduler/keys/health-check.ts";
import { createKeyPool } from "../../../src/runtime/scheduler/keys/pool.ts";
import { createQuota } from "../../../src/runtime/scheduler/keys/quota.ts";
import { createVlmClient, type VlmTarget } from "../../../src/vlm/client.ts";
import { classify, VlmError } from "../../../src/vlm/failure.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { type Behaviour, startFaultyProvider } from "../../support/faulty-provider.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { aKey, limited, openProcess, schedulerConfig } from "./harness.ts";
import { aTask } from "./jobs.ts";

const healthCheck = { enabled: true, intervalMs: 100, timeoutMs: 500, failureThreshold: 3 };

/** A scheduler whose only key's provider does as told at each moment. */
async function checked(first: Behaviour) {
  const told = { behaviour: first };
  const provider = await startFaultyProvider(() => told.behaviour);
  onTestFinished(() => provider.close());
  const keys = [aKey("a", provider.url)];
  const process = await openProcess(schedulerConfig({ keys, scheduler: { healthCheck } }));
  await process.start();
  return { ...process, provider, told, notReady: () => process.context.health.notReady() };
}

test("a key is found refused before a task needs it, and comes back when the provider takes it", async () => {
  const { provider, told, notReady, produce, resultsOf } = await checked("unauthorized");
  await until(() => notReady().some(({ reason }) => reason.includes("a is disabled")));
  expect(provider.calls[0]).toMatchObject({ key: "sk-a", body: "" });
  told.behaviour = "good";
  await until(() => notReady().length === 0);
  await produce(aTask());
  expect([...(await resultsOf(1)).values()]).toMatchObject([{ status: "assessed" }]);
});

test("a provider that fails, has no such address, or hangs says nothing of the key", async () => {
  const { provider, told, notReady } = await checked("serverError");
  const next = async () => {
    const { length } = provider.calls;
    await until(() => provider.calls.length > length + 1);
  };
  await next();
  told.behaviour = { status: 404, body: "no such page" };
  await next();
  told.behaviour = "hang";
  await next();
  expect(notReady()).toEqual([]);
});

test("a key that made calls meanwhile is not asked", async () => {
  vi.useFakeTimers();
  const ending = new AbortController();
  onTestFinished(() => {
    ending.abort();
    vi.useRealTimers();
  });
  const { scheduler, keys } = schedulerConfig({
    keys: ["busy", "idle"].map((id) => aKey(id, "http://127.0.0.1:9")),
  });
  const log = pino({ level: "silent" });
  const port = {
    reserve: async () => ({ granted: true as const, id: "r" }),
    giveBack: async () => {},
    countFromNow: async () => {},
    endCall: async () => {},
  };
  const quota = createQuota(port, scheduler);
  const pool = createKeyPool(keys, scheduler, { quota, log });
  const asked: string[] = [];
  const client = {
    checkKey: async ({ key }: VlmTarget) => asked.push(key.reveal()) > 0,
    tryOut: async () => expect.unreachable(),
  };
  startHealthCheck({ pool, client, quota, config: healthCheck, log, signal: ending.signal });
  for (let interval = 0; interval < 3; interval++) {
    pool.keys()[0]?.noteOutcome("answered");
    await vi.advanceTimersByTimeAsync(healthCheck.intervalMs);
  }
  expect(asked).toEqual(["sk-idle", "sk-idle", "sk-idle"]);
  ending.abort();
  await vi.advanceTimersByTimeAsync(10 * healthCheck.intervalMs);
  expect(asked).toHaveLength(3);
});

describe.each([
  ["may not use its model", 403, "Model.AccessDenied"],
  ["is told there is no such model", 404, "model_not_found"],
])("a key that %s", (_, status, code) => {
  const refusal = { status, body: JSON.stringify({ error: { message: "no", code } }) };

  /** Two keys, one of them refused by a call; the provider lists its models for both all the while. */
  async function refused(tryOutEveryMs: number) {
    const told: { behaviour: Behaviour } = { behaviour: refusal };
    const provider = await startFaultyProvider(({ body }) =>
      body === "" ? { status: 200, body: '{"data":[]}' } : told.behaviour,
    );
    const models = { a: "qwen-vl-max", b: "qwen3-vl-plus" };
    const { scheduler, keys, vlm } = schedulerConfig({
      keys: Object.entries(models).map(([id, model]) =>
        aKey(id, provider.url, { model, ...limited({ rpm: 60 }) }),
      ),
    });
    const { context, close } = await openContext(testConfig(temporaryDirectory()));
    const log = pino({ level: "silent" });
    const quota = createQuota(context.store, scheduler);
    const pool = createKeyPool(keys, scheduler, { quota, log });
    const client = createVlmClient({ ...vlm, timeoutMs: 5_000 });
    const ending = new AbortController();
    onTestFinished(async () => {
      ending.abort();
      await client.close();
      await provider.close();
      await close();
    });
    const lease = await pool.acquire({ avoid: new Set(["b"]), signal: ending.signal });
    lease?.failed(new VlmError(classify({ status, message: "", codes: [code] }), "no"), "task");
    const [a] = pool.keys();
    const stateOfA = () => pool.healthOf(a!).state;
    expect(stateOfA()).toBe("disabled");
    startHealthCheck({ pool, client, quota, config: healthCheck, log, signal: ending.signal, tryOutEveryMs });
    return {
      told,
      stateOfA,
      callsOf: (key: string) => provider.calls.filter((call) => call.key === key).length,
    };
  }

  test("is not taken for usable because the provider lists its models", async () => {
    const { stateOfA, callsOf } = await refused(600_000);
    await until(() => callsOf("sk-b") >= 3);
    expect([stateOfA(), callsOf("sk-a")]).toEqual(["disabled", 0]);
  });

  test("is tried out now and then, and comes back by itself when it is answered", async () => {
    const { told, stateOfA, callsOf } = await refused(10);
    await until(() => callsOf("sk-a") >= 2);
    expect(stateOfA()).toBe("disabled");
    told.behaviour = "good";
    await until(() => stateOfA() === "healthy");
  });
});
