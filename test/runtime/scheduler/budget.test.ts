import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { createBudget } from "../../../src/runtime/scheduler/budget.ts";
import { type Behave, startFaultyProvider } from "../../support/faulty-provider.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { aKey, limited, openProcess, type Settings, schedulerConfig } from "./harness.ts";
import { aJob, aTask } from "./jobs.ts";

/** Each call uses 600 tokens in and 60 out: 0.1 yuan. */
const prices = { "qwen3-vl-plus": { input: 0.15, output: 1 / 6 } };
const unassessed = { results: [], hasDangerousDriving: null, maxRiskLevel: "unknown" };

/** A provider this machine reaches by a name that is not loopback's: its calls cost money. */
async function paidProvider(behave: Behave = "good") {
  const provider = await startFaultyProvider(behave);
  onTestFinished(() => provider.close());
  return { ...provider, url: provider.url.replace("127.0.0.1", "0.0.0.0") };
}

async function running(behave: Behave, settings: Partial<Settings> = {}) {
  const provider = await paidProvider(behave);
  const keys = [aKey("a", provider.url)];
  const vlm = { prices, maxTokens: 16 };
  const process = await openProcess(schedulerConfig({ keys, vlm, ...settings }));
  const role = await process.start();
  const spent = () => (role.stats().budget as { spentTodayYuan: number }).spentTodayYuan;
  return { ...process, provider, role, spent };
}

async function assess(process: Awaited<ReturnType<typeof running>>, count: number) {
  const before = (await process.results()).length;
  for (let sent = 1; sent <= count; sent++) {
    await process.produce(aTask());
    await process.resultsOf(before + sent);
  }
  return (await process.results()).slice(before);
}

test("once the day's budget is spent nothing is asked any more, and tasks say so", async () => {
  const process = await running("good", { budgets: { yuanPerDay: 0.5 } });
  const results = await assess(process, 8);
  const assessed = results.filter(({ status }) => status === "assessed");
  const spent = results.filter(({ status }) => status === "expired");
  expect(assessed.length).toBeGreaterThan(0);
  expect(assessed.length).toBeLessThanOrEqual(5);
  expect(assessed.length + spent.length).toBe(8);
  expect(spent.at(-1)).toMatchObject({ ...unassessed, errorCode: "TMON_BUDGET_SPENT" });
  expect(process.provider.calls).toHaveLength(assessed.length);
  expect(process.spent()).toBeCloseTo(0.1 * assessed.length, 5);
  expect(process.spent()).toBeLessThanOrEqual(0.5);
  expect(process.context.health.warnings()).toEqual([
    { name: "budget", reason: expect.stringContaining("0.5 yuan") },
  ]);
});

test("many calls at once do not pass the budget together, and none is refused for what was only set aside", async () => {
  const process = await running("good", { budgets: { yuanPerDay: 1 } });
  const tasks = Array.from({ length: 9 }, () => aTask());
  await process.produce(...tasks);
  const results = [...(await process.resultsOf(9)).values()];
  expect(results.map(({ status }) => status)).toEqual(Array(9).fill("assessed"));
  expect(process.context.health.warnings()).toEqual([]);
  await process.produce(...Array.from({ length: 9 }, () => aTask()));
  await process.resultsOf(18);
  await until(() => process.spent() <= 1);
  expect(process.provider.calls.length).toBeLessThanOrEqual(10);
});

test("two schedulers at once share one budget", async () => {
  const dataDir = temporaryDirectory();
  const keys = [aKey("a", "http://0.0.0.0:9/v1")];
  const config = schedulerConfig({
    keys,
    vlm: { prices, maxTokens: 16 },
    budgets: { yuanPerDay: 2 },
    dataDir,
  });
  const processes = [await openProcess(config), await openProcess(config)];
  const budgets = processes.map(({ context }) => createBudget(context, () => context.config.keys));
  const job = aJob();
  const charges = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) => budgets[index % 2]?.charge(job, config.keys[0]!)),
  );
  const granted = charges.filter(({ status }) => status === "fulfilled");
  expect(granted.length).toBeGreaterThan(0);
  const sum = Number(
    await processes[0]?.context.store.get(`tmon:spent:${new Date().toISOString().slice(0, 10)}`),
  );
  expect(sum).toBeLessThanOrEqual(2_000_000);
  expect(sum).toBeGreaterThan(0);
});

test("a restart, and another scheduler, go on with what is left", async () => {
  const dataDir = temporaryDirectory();
  const budgets = { yuanPerDay: 0.5 };
  const first = await running("good", { budgets, dataDir });
  await assess(first, 8);
  await first.role.stop();
  const second = await running("good", { budgets, dataDir });
  await until(() => second.spent() > 0, { what: "what was spent before is known before any call" });
  const [result] = await assess(second, 1);
  expect(result).toMatchObject({ status: "expired", errorCode: "TMON_BUDGET_SPENT" });
  expect(second.provider.calls).toEqual([]);
});

test("the next day is asked again", async () => {
  const process = await running("good", { budgets: { yuanPerDay: 0.3 } });
  const { store } = process.context;
  const spent = (await assess(process, 4)).at(-1);
  expect(spent).toMatchObject({ errorCode: "TMON_BUDGET_SPENT" });
  const { now } = store;
  store.now = () => now() + 24 * 3_600_000;
  const tomorrow = aTask({ at: store.now() });
  await process.produce(tomorrow);
  expect((await process.resultsOf(5)).get(tomorrow.taskId)).toMatchObject({ status: "assessed" });
  expect(process.context.health.warnings()).toEqual([]);
});

test("a day begins at midnight of the configured time zone, and a call is of the day it began in", async () => {
  const provider = await paidProvider(async () => {
    store.now = () => Date.parse("2026-11-24T10:00:01Z");
    return "good" as const;
  });
  const config = schedulerConfig({
    keys: [aKey("a", provider.url)],
    vlm: { prices, maxTokens: 16 },
    budgets: { yuanPerDay: 1 },
  });
  const process = await openProcess({ ...config, timezone: "Pacific/Kiritimati" });
  const { store } = process.context;
  store.now = () => Date.parse("2026-11-24T09:59:59Z");
  await process.start();
  const task = aTask({ at: store.now() });
  await process.produce(task);
  expect((await process.resultsOf(1)).get(task.taskId)).toMatchObject({ status: "assessed" });
  await until(async () => Number(await store.get("tmon:spent:2026-11-24")) === 100_000);
  expect(Number((await store.get("tmon:spent:2026-11-25")) ?? 0)).toBe(0);
});

test("a call that was let go before it was sent costs nothing", async () => {
  const process = await running("good", { budgets: { yuanPerDay: 5 } });
  const { store } = process.context;
  const { increment } = store;
  let slow = 2;
  // So slow that the reservation is stale when the call might be sent.
  store.increment = async (...args) => {
    if (args[1] > 0 && slow-- > 0) await new Promise((resolve) => setTimeout(resolve, 80));
    return increment(...args);
  };
  await assess(process, 1);
  await until(() => process.spent() === 0.1, { what: `0.1 yuan spent, not ${process.spent()}` });
});

test("a provider that cannot be reached costs nothing", async () => {
  const keys = [aKey("a", "http://0.0.0.0:9/v1")];
  const process = await running("good", { keys, budgets: { yuanPerDay: 5 } });
  const [result] = await assess(process, 1);
  expect(result).toMatchObject({ status: "failed", errorCode: "TMON_VLM_UNREACHABLE" });
  await until(() => process.spent() === 0);
});

test("a key that costs nothing goes on when the budget is spent, for simulated cameras too", async () => {
  const [free, paid] = [await startFaultyProvider("good"), await paidProvider()];
  onTestFinished(() => free.close());
  const keys = [aKey("paid", paid.url), aKey("free", free.url)];
  const process = await running("good", {
    keys,
    scheduler: { strategy: "round_robin" },
    budgets: { yuanPerDay: 0.3 },
  });
  const results = await assess(process, 10);
  expect(results.map(({ status }) => status)).toEqual(Array(10).fill("assessed"));
  expect(paid.calls.length).toBeLessThanOrEqual(3);
  const sim = { ...aTask(), source: "sim" as const };
  await process.produce(sim);
  expect((await process.resultsOf(11)).get(sim.taskId)).toMatchObject({ metadata: { apiKeyId: "free" } });
});

test("tasks wait without asking for keys while the rest of the budget is set aside and the free keys are busy", async () => {
  let release = () => {};
  const released = new Promise<"good">((resolve) => {
    release = () => resolve("good");
  });
  const [free, paid] = [await startFaultyProvider(() => released), await paidProvider(() => released)];
  onTestFinished(() => free.close());
  const keys = [
    aKey("paid", paid.url, limited({ rpm: 60_000 })),
    aKey("free", free.url, limited({ rpm: 60_000, concurrency: 1 })),
  ];
  const settings = schedulerConfig({
    ...{ keys, vlm: { prices, maxTokens: 16 }, budgets: { yuanPerDay: 0.5 } },
  });
  const { context, start, produce, resultsOf } = await openProcess(settings);
  const reserve = vi.spyOn(context.store, "reserve");
  await start();
  await produce(...Array.from({ length: 12 }, () => aTask()));
  await until(() => paid.calls.length > 0 && free.calls.length > 0);
  // Whoever was on the way to a key has come back.
  await delay(500);
  const asked = reserve.mock.calls.length;
  await delay(500);
  expect(reserve.mock.calls.length - asked).toBeLessThan(5);
  release();
  const results = [...(await resultsOf(12)).values()];
  expect(results.map(({ status }) => status)).toEqual(Array(12).fill("assessed"));
});

test.each([
  ["serverError", 0],
  ["reset", 1],
] as const)(
  "a call that ends in %s gives back what was set aside, unless it may have cost it",
  async (behaviour, kept) => {
    const process = await running(behaviour, {
      budgets: { yuanPerDay: 100 },
      scheduler: { retryMaxAttempts: 0 },
    });
    await assess(process, 1);
    await until(() => process.spent() > 0 === kept > 0, { what: `spent ${process.spent()}` });
  },
);

test("a provider on loopback costs nothing and has no budget", async () => {
  const provider = await startFaultyProvider("good");
  onTestFinished(() => provider.close());
  const process = await running("good", {
    keys: [aKey("a", provider.url)],
    budgets: { yuanPerDay: 0.000001 },
  });
  expect((await assess(process, 3)).map(({ status }) => status)).toEqual([
    "assessed",
    "assessed",
    "assessed",
  ]);
  expect(process.spent()).toBe(0);
});

test("a model without a price counts as the dearest of the list", async () => {
  const provider = await paidProvider();
  const keys = [aKey("a", provider.url, { model: "unheard-of" })];
  const process = await running("good", { keys, budgets: { yuanPerDay: 0.05 } });
  const [result] = await assess(process, 1);
  expect(result).toMatchObject({ errorCode: "TMON_BUDGET_SPENT" });
});

test("a simulated camera's tasks cost what --spend allows and no more", async () => {
  const process = await running("good", { budgets: { simulatedYuan: 0.5 } });
  const sim = () => ({ ...aTask(), source: "sim" as const });
  for (let sent = 1; sent <= 8; sent++) {
    await process.produce(sim());
    await process.resultsOf(sent);
  }
  const statuses = (await process.results()).map(({ status }) => status);
  expect(statuses[0]).toBe("assessed");
  expect(statuses.at(-1)).toBe("expired");
  expect(process.context.health.warnings()).toEqual([
    { name: "budget", reason: expect.stringContaining("0.5 yuan allowed for simulated cameras") },
  ]);
  const real = aTask();
  await process.produce(real);
  expect((await process.resultsOf(9)).get(real.taskId)).toMatchObject({ status: "assessed" });
});

test("while the store is away the budget is counted on, and told to it afterwards", async () => {
  const process = await running("good", { budgets: { yuanPerDay: 0.8 } });
  const { store } = process.context;
  const { increment } = store;
  const away = async () => {
    throw new Error("away");
  };
  store.increment = away;
  await assess(process, 2);
  store.increment = increment;
  await assess(process, 1);
  const day = new Date(store.now()).toISOString().slice(0, 10);
  await until(async () => Number(await store.get(`tmon:spent:${day}`)) === 300_000);

  store.increment = away;
  const results = await assess(process, 8);
  expect(results.at(-1)).toMatchObject({ errorCode: "TMON_BUDGET_SPENT" });
  expect(process.provider.calls.length).toBeLessThanOrEqual(8);
});
