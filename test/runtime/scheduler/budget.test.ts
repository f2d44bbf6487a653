import { expect, onTestFinished, test } from "vitest";
import { type Behave, startFaultyProvider } from "../../support/faulty-provider.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { aKey, openProcess, type Settings, schedulerConfig } from "./harness.ts";
import { aTask } from "./jobs.ts";

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

test("many calls at once do not pass the budget together", async () => {
  const process = await running("good", { budgets: { yuanPerDay: 1 } });
  await process.produce(...Array.from({ length: 40 }, () => aTask()));
  const results = [...(await process.resultsOf(40)).values()];
  const assessed = results.filter(({ status }) => status === "assessed");
  expect(assessed.length).toBeGreaterThan(0);
  await until(() => process.spent() <= 1.000001);
  expect(process.provider.calls.length).toBeLessThanOrEqual(10);
});

test("a restart, and another scheduler, go on with what is left", async () => {
  const dataDir = temporaryDirectory();
  const budgets = { yuanPerDay: 0.5 };
  const first = await running("good", { budgets, dataDir });
  await assess(first, 8);
  await first.role.stop();
  const second = await running("good", { budgets, dataDir });
  const [result] = await assess(second, 1);
  expect(result).toMatchObject({ status: "expired", errorCode: "TMON_BUDGET_SPENT" });
  expect(second.provider.calls).toEqual([]);
});

test("the next day, in the configured time zone, is asked again", async () => {
  const process = await running("good", { budgets: { yuanPerDay: 0.2 } });
  const { store } = process.context;
  await assess(process, 3);
  const late = aTask();
  await process.produce(late);
  expect((await process.resultsOf(4)).get(late.taskId)).toMatchObject({ errorCode: "TMON_BUDGET_SPENT" });
  const { now } = store;
  store.now = () => now() + 24 * 3_600_000;
  const tomorrow = aTask({ at: store.now() });
  await process.produce(tomorrow);
  expect((await process.resultsOf(5)).get(tomorrow.taskId)).toMatchObject({ status: "assessed" });
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
