import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { deferred } from "../../../src/runtime/detector/deferred.ts";
import { startSimulatedVlm } from "../../../src/simulator/vlm/server.ts";
import { type Behaviour, startFaultyProvider } from "../../support/faulty-provider.ts";
import { until } from "../../support/until.ts";
import { aKey, limited, mostSince, openProcess, schedulerConfig } from "./harness.ts";
import { aTask } from "./jobs.ts";

async function simulated() {
  const provider = await startSimulatedVlm({ latencyMs: 20 });
  onTestFinished(() => provider.close());
  return provider;
}

const longKey = (id: string) => new Secret(`sk-0000000000000-key${id}`);

test("no key's requests a second or a minute are exceeded, as the provider counts them, also not by a restart", async () => {
  const provider = await simulated();
  const keys = [
    aKey("a", provider.url, { key: longKey("a"), ...limited({ qps: 5 }) }),
    aKey("b", provider.url, { key: longKey("b"), ...limited({ rpm: 12 }) }),
  ];
  const { start, produce } = await openProcess(schedulerConfig({ keys, scheduler: { maxAgeMs: 60_000 } }));
  const first = await start();
  const since = performance.now();
  await produce(...Array.from({ length: 300 }, (_, index) => aTask({ camera: `cam-${index}` })));
  const of = (id: string) => provider.stats().keys.find(({ key }) => key === longKey(id).masked());
  await until(() => provider.stats().requests >= 10);
  await first.drain();
  const before = of("a")?.requests ?? 0;
  await start();
  await until(() => of("b")?.worstMinute === 12 && Number(of("a")?.requests) > before + 10);
  expect(of("a")?.requests).toBeLessThanOrEqual(mostSince(since, 5));
  expect(of("b")?.worstMinute).toBe(12);
});

test("all keys together keep the global limit", async () => {
  const provider = await simulated();
  const keys = ["a", "b", "c"].map((id) => aKey(id, provider.url, { key: longKey(id) }));
  const config = schedulerConfig({ keys, scheduler: { globalQpsLimit: 10 } });
  const { start, produce, resultsOf } = await openProcess(config);
  await start();
  const since = performance.now();
  await produce(...Array.from({ length: 25 }, (_, index) => aTask({ camera: `cam-${index}` })));
  await resultsOf(25);
  expect(provider.stats()).toMatchObject({ requests: 25, keys: [{}, {}, {}] });
  expect(25).toBeLessThanOrEqual(mostSince(since, 10));
});

test("one key without limits has many calls in flight", async () => {
  const all = deferred<void>();
  const provider = await startFaultyProvider(async (): Promise<Behaviour> => {
    await all.promise;
    return "good" as const;
  });
  onTestFinished(() => provider.close());
  const { start, produce, resultsOf } = await openProcess(
    schedulerConfig({ keys: [aKey("a", provider.url)], scheduler: { maxAgeMs: 60_000 } }),
  );
  await start();
  await produce(...Array.from({ length: 100 }, (_, index) => aTask({ camera: `cam-${index % 7}` })));
  await until(() => provider.calls.length > 30);
  all.resolve();
  expect((await resultsOf(100)).size).toBe(100);
});

test("a call whose reservation came too late is not sent; its task waits again and is assessed", async () => {
  const provider = await simulated();
  const { start, produce, resultsOf, context } = await openProcess(
    schedulerConfig({ keys: [aKey("a", provider.url, limited({ qps: 100 }))] }),
  );
  const { reserve } = context.store;
  let late = 0;
  context.store.reserve = async (request) => {
    const grant = await reserve(request);
    if (++late <= 2) await delay(600);
    return grant;
  };
  await start();
  await produce(aTask());
  const results = [...(await resultsOf(1)).values()];
  expect(results).toMatchObject([{ status: "assessed", metadata: { calls: 1 } }]);
  expect(provider.stats().requests).toBe(1);
  expect(late).toBeGreaterThanOrEqual(3);
});

test("with the store away limited keys make no calls and readiness says so; they go on when it is back", async () => {
  const provider = await simulated();
  const { start, produce, resultsOf, context } = await openProcess(
    schedulerConfig({ keys: [aKey("a", provider.url, limited({ qps: 100 }))] }),
  );
  const { reserve } = context.store;
  context.store.reserve = () => Promise.reject(new Error("store away"));
  await start();
  await produce(aTask());
  await until(() => context.health.notReady().some(({ reason }) => reason.includes("store away")));
  expect(provider.stats().requests).toBe(0);
  context.store.reserve = reserve;
  expect([...(await resultsOf(1)).values()]).toMatchObject([{ status: "assessed" }]);
  expect(context.health.notReady()).toEqual([]);
});

test("with the store away a key without limits goes on", async () => {
  const provider = await simulated();
  const keys = [aKey("limited", provider.url, limited({ qps: 100 })), aKey("free", provider.url)];
  const { start, produce, resultsOf, context } = await openProcess(schedulerConfig({ keys }));
  context.store.reserve = () => Promise.reject(new Error("store away"));
  await start();
  const tasks = ["a", "b", "c", "d"].map((camera) => aTask({ camera }));
  await produce(...tasks);
  const results = [...(await resultsOf(tasks.length)).values()];
  expect(new Set(results.map(({ metadata }) => metadata.apiKeyId))).toEqual(new Set(["free"]));
  expect(context.health.notReady()).toEqual([]);
});
