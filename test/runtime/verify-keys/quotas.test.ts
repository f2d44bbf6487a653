import { expect, onTestFinished, test } from "vitest";
import { noLimits } from "../../../src/config/sections/keys.ts";
import { heartbeatPrefix } from "../../../src/runtime/heartbeat.ts";
import { ownQuotas, sharedQuotas } from "../../../src/runtime/verify-keys/quotas.ts";
import { verifyKeys } from "../../../src/runtime/verify-keys/verify-keys.ts";
import { type SimulatedVlmOptions, startSimulatedVlm } from "../../../src/simulator/vlm/server.ts";
import { openStoreAt } from "../../store/redis/support.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { lacks } from "../../support/machine.ts";
import { startRedis } from "../../support/redis.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { aKey, limited, mostSince } from "../scheduler/harness.ts";

async function simulated(options: SimulatedVlmOptions) {
  const provider = await startSimulatedVlm({ latencyMs: 20, ...options });
  onTestFinished(() => provider.close());
  return provider;
}

/** One call in five minutes: 0.2 rpm. */
const used = { group: "key:one", limits: [{ unit: "requests" as const, limit: 1, windowMs: 300_000 }] };
const common = { timeoutMs: 10_000, cheap: false, signal: new AbortController().signal };

test("keys of one account are asked as fast as its limits allow, and no faster", async () => {
  const provider = await simulated({});
  const account = { id: "main", limits: { ...noLimits, qps: 4 } };
  const keys = Array.from({ length: 8 }, (_, index) => aKey(`key-${index}`, provider.url, { account }));
  const config = testConfig(temporaryDirectory(), { keys });
  const since = performance.now();
  const reports = await verifyKeys({ ...common, config, quotas: ownQuotas() });
  expect(reports.map(({ result }) => result)).toEqual(keys.map(() => "ok"));
  expect(provider.stats().requests).toBe(8);
  expect(8).toBeLessThanOrEqual(mostSince(since, 4));
});

test("without a store, calls in flight and windows are bounded all the same", async () => {
  const quotas = ownQuotas();
  const request = { group: "g", limits: [], slots: { limit: 1, ttlMs: 10_000 } };
  const first = await quotas.reserve(request);
  expect(await quotas.reserve(request)).toMatchObject({ granted: false });
  await quotas.endCall("g", first.granted ? first.id : "");
  expect(await quotas.reserve(request)).toMatchObject({ granted: true });

  const given = await quotas.reserve(used);
  expect(await quotas.reserve(used)).toMatchObject({ granted: false });
  await quotas.giveBack(used.group, given.granted ? given.id : "");
  expect(await quotas.reserve(used)).toMatchObject({ granted: true });
});

test("a quota that schedulers use up is left to them: the key is not asked", async () => {
  const provider = await simulated({});
  const keys = [aKey("one", provider.url, limited({ rpm: 0.2 })), aKey("other", provider.url)];
  const config = testConfig(temporaryDirectory(), { keys });
  const { context, close } = await openContext(config);
  onTestFinished(close);
  const quotas = await sharedQuotas(context.store, config);
  expect(await context.store.reserve(used)).toMatchObject({ granted: true });

  const reports = await verifyKeys({ ...common, config, quotas });
  expect(reports).toMatchObject([
    { id: "one", result: "failed", code: "TMON_VLM_THROTTLED", answered: false },
    { id: "other", result: "ok" },
  ]);
  expect(provider.stats().requests).toBe(1);
});

test.skipIf(lacks("redis")).each([
  ["no scheduler runs", 0],
  ["a scheduler runs, whose calls count", 1],
])("on Redis, where %s, keys are asked within their limits", async (_, schedulers) => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const provider = await simulated({});
  const keys = [aKey("one", provider.url, limited({ rpm: 0.2 }))];
  const config = testConfig(temporaryDirectory(), { keys });
  const [scheduler, store] = [await openStoreAt(redis.url), await openStoreAt(redis.url)];
  onTestFinished(async () => {
    await scheduler.close();
    await store.close();
  });
  if (schedulers > 0) {
    const { partitions } = config.topics["assessment-tasks"];
    await scheduler.set(`${heartbeatPrefix}scheduler:a`, "{}");
    await scheduler.cover({
      partitions: Array.from({ length: partitions }, (_, index) => index),
      of: partitions,
    });
    await until(async () => (await scheduler.reserve(used)).granted, { what: "the scheduler's call" });
  }

  const reports = await verifyKeys({ ...common, config, quotas: await sharedQuotas(store, config) });
  expect(reports).toMatchObject([{ result: schedulers > 0 ? "failed" : "ok", answered: schedulers === 0 }]);
});
