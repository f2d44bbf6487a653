import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import { startHealthCheck } from "../../../src/runtime/scheduler/keys/health-check.ts";
import { createKeyPool } from "../../../src/runtime/scheduler/keys/pool.ts";
import { createQuota } from "../../../src/runtime/scheduler/keys/quota.ts";
import type { VlmTarget } from "../../../src/vlm/client.ts";
import { type Behaviour, startFaultyProvider } from "../../support/faulty-provider.ts";
import { until } from "../../support/until.ts";
import { aKey, openProcess, schedulerConfig } from "./harness.ts";
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
  const pool = createKeyPool(keys, scheduler, { quota: createQuota(port, scheduler), log });
  const asked: string[] = [];
  const client = { checkKey: async ({ key }: VlmTarget) => asked.push(key.reveal()) > 0 };
  startHealthCheck({ pool, client, config: healthCheck, log, signal: ending.signal });
  for (let interval = 0; interval < 3; interval++) {
    pool.keys()[0]?.noteOutcome("answered");
    await vi.advanceTimersByTimeAsync(healthCheck.intervalMs);
  }
  expect(asked).toEqual(["sk-idle", "sk-idle", "sk-idle"]);
  ending.abort();
  await vi.advanceTimersByTimeAsync(10 * healthCheck.intervalMs);
  expect(asked).toHaveLength(3);
});
