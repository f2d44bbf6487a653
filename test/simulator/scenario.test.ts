import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { faultNames } from "../../src/simulator/vlm/faults.ts";
import { readScenario } from "../../src/simulator/vlm/scenario-file.ts";
import { type SimulatedVlmOptions, startSimulatedVlm } from "../../src/simulator/vlm/server.ts";
import { chatBody } from "../../src/vlm/prompt.ts";
import { until } from "../support/until.ts";
import { aRequest } from "../vlm/request.ts";

async function scenario(yaml: string, env: NodeJS.ProcessEnv = {}) {
  const path = join(await mkdtemp(join(tmpdir(), "tmon-scenario-")), "provider.yaml");
  await writeFile(path, yaml);
  return readScenario(path, env);
}

test("a scenario says accounts, keys and their faults", async () => {
  const yaml = `
seed: 7
latency: lognormal:1s,0.5
limits: { rpm: 60, qps: off }
faults: [{ fault: internal_error, share: 0.01 }]
accounts:
  - { id: main, limits: { rpm: 300, tpm: 200000, burst: 5, concurrency: 20 }, latency: 500ms }
keys:
  - { key: "\${FIRST_KEY}", account: main }
  - key: sk-b
    faults:
      - { fault: drip, share: 0.1, over: 5s }
      - { fault: invalid_api_key, from: 60s, until: 2m }
`;
  expect(await scenario(yaml, { FIRST_KEY: "sk-a" })).toEqual({
    seed: 7,
    latencyMs: { median: 1000, sigma: 0.5 },
    limits: { rpm: 60, qps: "off" },
    faults: [{ fault: "internal_error", share: 0.01 }],
    accounts: [{ id: "main", limits: { rpm: 300, tpm: 200_000, burst: 5, concurrency: 20 }, latencyMs: 500 }],
    keys: [
      { key: "sk-a", account: "main" },
      {
        key: "sk-b",
        faults: [
          { fault: "drip", share: 0.1, overMs: 5000 },
          { fault: "invalid_api_key", fromMs: 60_000, untilMs: 120_000 },
        ],
      },
    ],
  });
});

test.each([
  ["limits: { rpn: 3 }", "provider.yaml:1: there is no key limits.rpn", "did you mean limits.rpm?"],
  ["limits: { qps: fast }", 'provider.yaml:1: limits.qps is "fast": write a number a second, or off', ""],
  [
    "latency: quick",
    'provider.yaml:1: latency is "quick": it is not a duration; write 800ms, lognormal:1s,0.5',
    "",
  ],
  ["faults: [{ fault: boom }]", 'provider.yaml:1: faults[0].fault is "boom": it must be one of', ""],
  [
    "faults: [{ fault: invalid_api_keys }]",
    'faults[0].fault is "invalid_api_keys"',
    "did you mean invalid_api_key? docs/guide.md explains every key and fault",
  ],
  [
    "faults: [{ fault: hang, from: 60s, until: 30s }]",
    "faults[0].until is",
    "docs/guide.md explains every key and fault",
  ],
  ["keys: []", "keys is a list: it must be at least 1 entry long", ""],
  [
    "accounts: [{ id: a }, { id: a }]",
    "provider.yaml:1: accounts[1].id is that of accounts[0], too",
    "take one",
  ],
  ["keys:\n  - key: sk-a\n  - key: sk-a", "provider.yaml:3: keys[1].key is that of keys[0], too", "take one"],
  ["faults: [{ fault: hang, over: 5s }]", "faults[0].over is", ""],
  [
    "accounts: [{ id: main }]\nkeys:\n  - { key: k, account: mian }",
    'provider.yaml:3: keys[0].account is "mian", which is no account',
    "name one of main, or list it under accounts",
  ],
])("%s is refused with its place and the fix", async (yaml, what, todo) => {
  const error = await scenario(yaml).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "TMON_CONFIG_INVALID" });
  expect((error as Error).message).toContain(what);
  expect((error as { todo: string }).todo).toContain(todo);
});

test.each(["docs/guide.md", "docs/zh-CN/guide.md"])(
  "%s has a scenario that can be run and names every fault",
  async (path) => {
    const guide = await readFile(path, "utf8");
    const [example = ""] = /(?<=```yaml\n)seed: [^`]*/.exec(guide) ?? [];
    expect(await scenario(example)).toMatchObject({ accounts: [{}, {}], keys: [{}, {}, {}, {}] });
    for (const fault of faultNames) expect(guide).toContain(`\`${fault}\``);
  },
);

test("a scenario that is not there is an error that says so", () => {
  expect(() => readScenario("/nowhere/provider.yaml", {})).toThrow("there is no file /nowhere/provider.yaml");
});

async function simulated(options: SimulatedVlmOptions) {
  const provider = await startSimulatedVlm({ latencyMs: 0, ...options });
  onTestFinished(() => provider.close());
  const ask = async (key: string, model = "m", signal?: AbortSignal) => {
    const config = {
      language: "en" as const,
      thresholds: { low: 0.45, medium: 0.65, high: 0.8 },
      maxTokens: 300,
    };
    const response = await fetch(`${provider.url}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(chatBody(aRequest(), model, config)),
      signal: signal ?? null,
    });
    const { error } = (await response.json()) as { error?: { code: string } };
    return error ? `${response.status} ${error.code}` : response.status;
  };
  return { ...provider, ask };
}

const limits = (rpm: number) => ({ rpm, qps: "off" as const });

test("an account's keys share its limits, each model apart; other accounts have their own", async () => {
  const { ask } = await simulated({
    accounts: [
      { id: "a", limits: limits(2) },
      { id: "b", limits: limits(1) },
    ],
    keys: [
      { key: "a1", account: "a" },
      { key: "a2", account: "a" },
      { key: "b1", account: "b" },
      { key: "free" },
    ],
  });
  expect([await ask("a1"), await ask("a2"), await ask("a1")]).toEqual([200, 200, "429 limit_requests"]);
  expect(await ask("a1", "another model")).toBe(200);
  expect([await ask("b1"), await ask("b1")]).toEqual([200, "429 limit_requests"]);
  expect([await ask("free"), await ask("free"), await ask("free")]).toEqual([200, 200, 200]);
});

test("a key's own limits hold beside its account's, which what they refuse does not use up", async () => {
  const { ask } = await simulated({
    accounts: [{ id: "a", limits: limits(3) }],
    keys: [
      { key: "narrow", account: "a", limits: limits(1) },
      { key: "wide", account: "a" },
    ],
  });
  expect([await ask("narrow"), await ask("narrow")]).toEqual([200, "429 limit_requests"]);
  expect([await ask("wide"), await ask("wide"), await ask("wide")]).toEqual([200, 200, "429 limit_requests"]);
});

test("keys that are not listed are refused; without a list they are one account", async () => {
  const listed = await simulated({ keys: [{ key: "known" }] });
  expect([await listed.ask("known"), await listed.ask("unknown")]).toEqual([200, "401 invalid_api_key"]);
  const open = await simulated({ limits: limits(2) });
  expect([await open.ask("x"), await open.ask("y"), await open.ask("z")]).toEqual([
    200,
    200,
    "429 limit_requests",
  ]);
});

test("what a provider refuses a key for does not use up the quota; what it fails at does", async () => {
  const { ask } = await simulated({
    accounts: [{ id: "a", limits: limits(2) }],
    keys: [
      { key: "dead", account: "a", faults: [{ fault: "invalid_api_key" }] },
      { key: "failing", account: "a", faults: [{ fault: "internal_error" }] },
    ],
  });
  for (let call = 0; call < 3; call++) expect(await ask("dead")).toBe("401 invalid_api_key");
  for (let call = 0; call < 2; call++) expect(await ask("failing")).toBe("500 internal_error");
  expect(await ask("failing")).toBe("429 limit_requests");
});

test("a request is open until its answer is out, or whoever asked went away", async () => {
  const { ask, stats } = await simulated({ limits: { concurrency: 1 }, faults: [{ fault: "hang" }] });
  const leaving = new AbortController();
  const left = ask("k", "m", leaving.signal).catch(() => "left");
  await until(() => stats().inFlight === 1);
  expect(await ask("k")).toBe("429 Throttling");
  leaving.abort();
  expect(await left).toBe("left");
  await until(() => stats().inFlight === 0);
  const next = new AbortController();
  const open = ask("k", "m", next.signal).catch(() => "left");
  await until(() => stats().inFlight === 1);
  expect(stats()).toMatchObject({ requests: 3, throttled: 1, maxInFlight: 2, answers: { 429: 1 } });
  next.abort();
  await open;
});

test("an account says what its keys say; a key's own word goes first", async () => {
  const { ask } = await simulated({
    faults: [{ fault: "internal_error" }],
    accounts: [{ id: "unpaid", faults: [{ fault: "Arrearage" }] }],
    keys: [{ key: "a", account: "unpaid" }, { key: "b", account: "unpaid", faults: [] }, { key: "c" }],
  });
  expect([await ask("a"), await ask("b"), await ask("c")]).toEqual([
    "400 Arrearage",
    200,
    "500 internal_error",
  ]);
});

test("a key that is refused is not shown the models", async () => {
  const { url } = await simulated({
    keys: [{ key: "good" }, { key: "dead", faults: [{ fault: "invalid_api_key" }] }],
  });
  const status = async (key: string) =>
    (await fetch(`${url}/models`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect([await status("good"), await status("dead"), await status("other")]).toEqual([200, 401, 401]);
});

test("/stats counts by key and by account what was asked, answered and used", async () => {
  const { ask, stats } = await simulated({
    accounts: [{ id: "a", limits: limits(2) }],
    keys: [
      { key: "a1", account: "a" },
      { key: "a2", account: "a" },
    ],
  });
  for (const key of ["a1", "a2", "a2", "nobody"]) await ask(key);
  const { accounts, keys, ...all } = stats();
  expect(all).toMatchObject({
    requests: 4,
    worstMinute: 4,
    throttled: 1,
    answers: { 200: 2, 401: 1, 429: 1 },
  });
  expect(accounts).toMatchObject([{ account: "a", requests: 3, throttled: 1, answers: { 200: 2, 429: 1 } }]);
  expect(keys).toMatchObject([
    { account: "a", requests: 1, throttled: 0, answers: { 200: 1 } },
    { account: "a", requests: 2, throttled: 1, answers: { 200: 1, 429: 1 } },
  ]);
  const [first, second] = keys;
  const used = first!.promptTokens + first!.completionTokens;
  expect(first).toMatchObject({ worstMinuteTokens: used });
  expect(second).toMatchObject({ promptTokens: first!.promptTokens, worstMinuteTokens: 2 * used });
  expect(all.promptTokens).toBe(2 * first!.promptTokens);
});
