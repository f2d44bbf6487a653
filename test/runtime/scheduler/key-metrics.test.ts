import { expect, onTestFinished, test } from "vitest";
import type { ApiKeyConfig } from "../../../src/config/config.ts";
import type { RoleContext, RunningRole } from "../../../src/runtime/role.ts";
import type { Scheduler } from "../../../src/runtime/scheduler/scheduler.ts";
import { type Behave, startFaultyProvider } from "../../support/faulty-provider.ts";
import { until } from "../../support/until.ts";
import { aKey, limited, openProcess, schedulerConfig } from "./harness.ts";
import { aTask } from "./jobs.ts";

/** Each answer uses 600 tokens in and 60 out: 0.1 yuan. */
const prices = { "qwen3-vl-plus": { input: 0.15, output: 1 / 6 } };

/** A scheduler whose provider this machine reaches by a name that is not loopback's: its calls cost money. */
async function running(behave: Behave, keys: Record<string, Partial<ApiKeyConfig>> = { a: {} }) {
  const provider = await startFaultyProvider(behave);
  onTestFinished(() => provider.close());
  const url = provider.url.replace("127.0.0.1", "0.0.0.0");
  const configs = Object.entries(keys).map(([id, changes]) => aKey(id, url, changes));
  const process = await openProcess(schedulerConfig({ keys: configs, vlm: { prices, maxTokens: 16 } }));
  const role = await process.start();
  return { ...process, role, keys: configs, series: () => seriesOf(process.context, role) };
}

/** What a scrape says: name and labels, and the value. */
async function seriesOf({ metrics }: RoleContext, role: RunningRole): Promise<Record<string, number>> {
  role.sampleMetrics?.();
  const lines = (await metrics.registry.metrics()).split("\n").filter((line) => line.startsWith("tmon_"));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", value] = /^tmon_(.+) (\S+)$/.exec(line) ?? [];
      return [name, value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value)];
    }),
  );
}

test("an answer that could not be used counts in the key's tokens and yuan: it was paid for", async () => {
  const { produce, resultsOf, role, series } = await running("prose");
  await produce(aTask());
  expect([...(await resultsOf(1)).values()]).toMatchObject([{ status: "failed", metadata: { calls: 2 } }]);
  const figures = { failures: 2, promptTokens: 1_200, completionTokens: 120, costYuan: 0.2 };
  expect(role.stats().keys).toMatchObject([figures]);
  expect(await series()).toMatchObject({
    'llm_requests_total{key_id="a",quota_group="key:a",outcome="TMON_VLM_ANSWER_INVALID"}': 2,
    'llm_token_usage_total{key_id="a",quota_group="key:a",kind="prompt"}': 1_200,
    'llm_token_usage_total{key_id="a",quota_group="key:a",kind="completion"}': 120,
    'llm_cost_yuan_total{key_id="a",quota_group="key:a"}': 0.2,
  });
});

test("a scrape tells of every key and its quota group, never a key's value, and of none that is gone", async () => {
  const account = { id: "main", ...limited({ rpm: 600, tpm: 90_000 }) };
  const { produce, resultsOf, context, role, keys, series } = await running(
    ({ key }) => (key === "sk-wrong" ? "unauthorized" : key === "sk-busy" ? "throttled" : "good"),
    { good: { account }, wrong: { account }, busy: limited({ qps: 5 }) },
  );
  const good = 'key_id="good",quota_group="main/qwen3-vl-plus"';
  const wrong = 'key_id="wrong",quota_group="main/qwen3-vl-plus"';
  const busy = 'key_id="busy",quota_group="key:busy"';
  const requests = (of: string, outcome: string) => `llm_requests_total{${of},outcome="${outcome}"}`;
  expect(await series()).toMatchObject({
    [requests(good, "answered")]: 0,
    [requests(good, "TMON_VLM_THROTTLED")]: 0,
    [`api_key_state{${good},state="healthy"}`]: 1,
  });

  let sent = 0;
  const allWereCalled = async () => {
    await produce(aTask());
    await resultsOf(++sent);
    const said = await series();
    return [requests(good, "answered"), requests(wrong, "TMON_VLM_KEY_REJECTED")].every((name) => said[name]);
  };
  await until(allWereCalled, { what: "calls of every key" });
  await until(async () => (await series())[requests(busy, "TMON_VLM_THROTTLED")]);
  const said = await series();
  const answered = said[requests(good, "answered")]!;
  expect(said).toMatchObject({
    [`llm_token_usage_total{${good},kind="prompt"}`]: 600 * answered,
    [`llm_latency_seconds_count{${good}}`]: answered,
    [`api_key_in_flight{${good}}`]: 0,
    [`api_key_state{${wrong},state="disabled"}`]: 1,
    [`api_key_state{${wrong},state="healthy"}`]: 0,
    [`api_key_cooldown_seconds{${wrong}}`]: Number.POSITIVE_INFINITY,
    [`api_key_state{${busy},state="cooling"}`]: 1,
    'quota_group_state{quota_group="key:busy",state="cooling"}': 1,
    'quota_group_state{quota_group="main/qwen3-vl-plus",state="healthy"}': 1,
    'quota_group_limit{quota_group="main/qwen3-vl-plus",unit="requests"}': 600,
    'quota_group_limit{quota_group="main/qwen3-vl-plus",unit="tokens"}': 90_000,
    'quota_group_limit{quota_group="key:busy",unit="requests"}': 300,
    'quota_group_used{quota_group="main/qwen3-vl-plus",unit="requests"}':
      answered + said[requests(wrong, "TMON_VLM_KEY_REJECTED")]!,
    'quota_group_share{quota_group="main/qwen3-vl-plus"}': 1,
    quota_share_alone: 1,
  });
  expect(said['quota_group_share{quota_group="key:busy"}']).toBeCloseTo(0.9, 1);
  expect(said['quota_group_concurrency{quota_group="main/qwen3-vl-plus"}']).toBeGreaterThan(0);
  expect(await context.metrics.registry.metrics()).not.toMatch(/sk-(good|wrong|busy)/);

  (role as Scheduler).replaceKeys(keys.slice(0, 1));
  expect(Object.keys(await series()).filter((name) => /busy|wrong/.test(name))).toEqual([]);
});

test("a key that a person took out of use is told apart from one that the provider refuses", async () => {
  const { context, series } = await running("good");
  await context.store.set("tmon:key-orders:a", "disable");
  const labels = 'key_id="a",quota_group="key:a"';
  await until(async () => (await series())[`api_key_state{${labels},state="taken_out"}`] === 1);
  expect((await series())[`api_key_state{${labels},state="disabled"}`]).toBe(0);
});
