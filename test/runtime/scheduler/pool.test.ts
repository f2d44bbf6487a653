import { setTimeout as delay, setImmediate as immediate } from "node:timers/promises";
import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ApiKeyConfig, SchedulerConfig } from "../../../src/config/config.ts";
import { Secret } from "../../../src/config/secret.ts";
import type { KeyState } from "../../../src/runtime/scheduler/keys/key-state.ts";
import type { Lease } from "../../../src/runtime/scheduler/keys/lease.ts";
import { createKeyPool } from "../../../src/runtime/scheduler/keys/pool.ts";
import { createQuota, type QuotaPort } from "../../../src/runtime/scheduler/keys/quota.ts";
import type { QuotaRequest } from "../../../src/store/store.ts";
import { classify, failureOf, VlmError } from "../../../src/vlm/failure.ts";
import { ForeignAnswer } from "../../../src/vlm/response.ts";
import { until } from "../../support/until.ts";
import { aKey, limited, schedulerConfig } from "./harness.ts";

const { signal } = new AbortController();

/** Grants everything unless told otherwise, and writes down what it was asked. */
function aQuotaPort(reserve: QuotaPort["reserve"] = async () => ({ granted: true, id: "r" })) {
  const asked: QuotaRequest[] = [];
  const givenBack: string[] = [];
  const late: string[] = [];
  const port: QuotaPort = {
    reserve(request) {
      asked.push(request);
      return reserve(request);
    },
    async giveBack(group, id) {
      givenBack.push(`${group} ${id}`);
    },
    async countFromNow(group, id) {
      late.push(`${group} ${id}`);
    },
    async endCall() {},
  };
  return { port, asked, givenBack, late };
}

function aPool(
  keys: Partial<ApiKeyConfig>[],
  scheduler: Partial<SchedulerConfig> = {},
  quotaPort = aQuotaPort().port,
) {
  const configs = keys.map((key, index) => aKey(String.fromCharCode(97 + index), "http://127.0.0.1:9", key));
  const config = schedulerConfig({ keys: configs, scheduler }).scheduler;
  const quota = createQuota(quotaPort, config);
  return createKeyPool(configs, config, { quota, log: pino({ level: "silent" }) });
}

type Pool = ReturnType<typeof aPool>;

async function acquire(pool: Pool, avoid: string[] = []): Promise<Lease> {
  const lease = await pool.acquire({ signal, avoid: new Set(avoid), patienceMs: 5_000 });
  if (!lease) throw new Error("no lease");
  return lease;
}

async function turns(pool: Pool, count: number): Promise<string> {
  let ids = "";
  for (let turn = 0; turn < count; turn++) {
    const lease = await acquire(pool);
    ids += lease.key.id;
    answer(lease);
  }
  return ids;
}

function answer(lease: Lease): void {
  lease.succeeded({ latencyMs: 1, usage: undefined }, 0, undefined);
}

const throttled = (retryAfterMs?: number) =>
  new VlmError(classify({ status: 429, message: "", codes: ["limit_requests"] }), "slow down", {
    retryAfterMs,
  });
const rejected = () => new VlmError(classify({ status: 401, message: "", codes: [] }), "wrong key");
const serverError = () => new VlmError(failureOf("TMON_VLM_SERVER_ERROR"), "failed");

test("round_robin takes the keys in turn", async () => {
  expect(await turns(aPool([{}, {}, {}], { strategy: "round_robin" }), 7)).toBe("abcabca");
});

test("weighted takes a key twice as often as one of half its weight", async () => {
  const pool = aPool([{ weight: 1 }, { weight: 0.5 }], { strategy: "weighted" });
  const ids = await turns(pool, 12);
  expect(ids.replaceAll("b", "")).toHaveLength(8);
  expect(ids).not.toContain("bb");
});

test("least_loaded takes the key with the fewest calls in flight", async () => {
  const pool = aPool([{}, {}], { strategy: "least_loaded" });
  const first = await acquire(pool);
  expect(first.key.id).toBe("a");
  expect(await turns(pool, 3)).toBe("bbb");
  answer(first);
  expect(await turns(pool, 2)).toMatch(/ab|ba/);
});

test("a key to be avoided is used only when there is no other", async () => {
  const pool = aPool([{}, {}]);
  const lease = await acquire(pool, ["a"]);
  expect(lease.key.id).toBe("b");
  lease.failed(rejected(), "t");
  expect((await acquire(pool, ["a"])).key.id).toBe("a");
});

test("keys that are not enabled are not in the pool", async () => {
  expect(await turns(aPool([{ enabled: false }, {}]), 2)).toBe("bb");
});

test("a key cools for as long as the provider asks, then is used again", async () => {
  const pool = aPool([{}]);
  (await acquire(pool)).failed(throttled(200), "t");
  expect(pool.healthOf(pool.keys()[0]!).state).toBe("cooling");
  expect(pool.waitMs(pool.keys()[0]!)).toBeLessThanOrEqual(200);
  expect((await acquire(pool)).key.id).toBe("a");
});

test("a retry does not wait for a key longer than its patience", async () => {
  const pool = aPool([{}]);
  (await acquire(pool)).failed(throttled(60_000), "t");
  expect(await pool.acquire({ signal, patienceMs: 1_000 })).toBeUndefined();
});

test("a wait for a key ends with the signal's reason", async () => {
  const pool = aPool([{}]);
  (await acquire(pool)).failed(throttled(60_000), "t");
  const abort = new AbortController();
  const waiting = pool.acquire({ signal: abort.signal });
  abort.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
});

test("with every key disabled nobody waits, and the reason is known", async () => {
  const pool = aPool([{}]);
  const lease = await acquire(pool);
  const waiting = pool.acquire({ signal });
  lease.failed(rejected(), "t");
  (await waiting)?.giveBack();
  expect(await pool.acquire({ signal })).toBeUndefined();
  expect(pool.outOfService()?.code).toBe("TMON_VLM_KEY_REJECTED");
  expect(pool.trouble()).toContain("a is disabled");
});

test("server errors in a row back off all keys of the model; a success ends that", async () => {
  const pool = aPool([{}, {}, { model: "other" }]);
  for (let call = 0; call < 3; call++) (await acquire(pool, ["c"])).failed(serverError(), `t${call}`);
  const states = () => pool.keys().map((key) => pool.healthOf(key).state);
  expect(states()).toEqual(["cooling", "cooling", "healthy"]);
  await until(async () => {
    answer(await acquire(pool, ["c"]));
    return states().every((state) => state === "healthy");
  });
});

test("a key whose oldest call hangs gets no new calls while another moves", async () => {
  const pool = aPool([{}, {}], { strategy: "round_robin" });
  await turns(pool, 60);
  const hanging = await acquire(pool);
  const other = hanging.key.id === "a" ? "b" : "a";
  await until(async () => (await turns(pool, 6)) === other.repeat(6));
  answer(hanging);
  expect(new Set(await turns(pool, 6))).toEqual(new Set(["a", "b"]));
});

test("a key that hangs from its first call on gets no new calls: the model's other keys say what is usual", async () => {
  const pool = aPool([{}, {}], { strategy: "round_robin" });
  await acquire(pool, ["b"]);
  for (let call = 0; call < 30; call++) answer(await acquire(pool, ["a"]));
  const unsent = async () => {
    const lease = await acquire(pool);
    lease.giveBack();
    return lease.key.id;
  };
  await until(async () => `${await unsent()}${await unsent()}${await unsent()}` === "bbb");
});

test("a single key is used although its oldest call hangs", async () => {
  const pool = aPool([{}]);
  await turns(pool, 30);
  await acquire(pool);
  await until(() => pool.keys()[0]?.isStalled(performance.now()));
  expect(await turns(pool, 3)).toBe("aaa");
});

test("limits are windows in the store, a little longer than the provider's; keys without limits need no store", async () => {
  const { port, asked } = aQuotaPort();
  await turns(aPool([limited({ qps: 10, rpm: 300 })], { globalQpsLimit: 100 }, port), 1);
  expect(asked).toEqual([
    {
      group: "key:a",
      tokens: 0,
      limits: [
        { unit: "requests", limit: 10, windowMs: 1_050 },
        { unit: "requests", limit: 300, windowMs: 60_300 },
      ],
    },
    { group: "all-keys", limits: [{ unit: "requests", limit: 100, windowMs: 1_050 }] },
  ]);
  await turns(aPool([{}], {}, port), 1);
  expect(asked).toHaveLength(2);
});

test("a limit below one a second is one in a longer window", async () => {
  const { port, asked } = aQuotaPort();
  await turns(aPool([limited({ qps: 0.5 })], {}, port), 1);
  expect(asked[0]?.limits).toEqual([{ unit: "requests", limit: 1, windowMs: 2_050 }]);
});

test("a key whose window is full leaves the call to another", async () => {
  const { port } = aQuotaPort(async ({ group }) =>
    group === "key:a" ? { granted: false, retryAfterMs: 60_000 } : { granted: true, id: "r" },
  );
  expect(await turns(aPool([limited({ qps: 1 }), limited({ qps: 1 })], {}, port), 4)).toBe("bbbb");
});

test("where the global window is full, the key's reservation is given back", async () => {
  let full = true;
  const { port, givenBack } = aQuotaPort(async ({ group }) => {
    if (group !== "all-keys" || !full) return { granted: true, id: "r" };
    full = false;
    return { granted: false, retryAfterMs: 20 };
  });
  await turns(aPool([limited({ qps: 5 })], { globalQpsLimit: 1 }, port), 1);
  expect(givenBack).toEqual(["key:a r"]);
});

test("a call that waits for room asks for what may have to be reserved by then", async () => {
  let refused = false;
  const { port, asked } = aQuotaPort(async () => {
    if (refused) return { granted: true, id: "r" };
    refused = true;
    return { granted: false, retryAfterMs: 1 };
  });
  let most = 100;
  const pool = aPool([limited({ tpm: 1e6 })], {}, port);
  await pool.acquire({ signal, tokens: () => most++ });
  expect(asked.map(({ tokens }) => tokens)).toEqual([100, 101]);
});

test("reservations that the store refuses together are one failure: it is asked again soon", async () => {
  const random = vi.spyOn(Math, "random").mockReturnValue(1);
  onTestFinished(() => random.mockRestore());
  let isAway = false;
  const { port } = aQuotaPort(async () => {
    if (isAway) throw new Error("away");
    return { granted: true, id: "r" };
  });
  const pool = aPool([limited({ qps: 5 })], {}, port);
  await turns(pool, 4);
  isAway = true;
  await Promise.all(Array.from({ length: 8 }, () => pool.acquire({ signal, patienceMs: 0 })));
  expect(pool.waitMs(pool.keys()[0]!)).toBeLessThanOrEqual(200);
  isAway = false;
  expect(await turns(pool, 1)).toBe("a");
});

test("a call given back makes room under the limit of all keys too", async () => {
  let full = false;
  const { port } = aQuotaPort(async ({ group }) =>
    group === "all-keys" && full ? { granted: false, retryAfterMs: 60_000 } : { granted: true, id: "r" },
  );
  const pool = aPool([limited({ qps: 5 })], { globalQpsLimit: 1 }, port);
  const lease = await acquire(pool);
  full = true;
  expect(await pool.acquire({ signal, patienceMs: 100 })).toBeUndefined();
  full = false;
  lease.giveBack();
  await acquire(pool);
});

test("a call that used less than was reserved makes room for one that waits", async () => {
  let room = 1;
  const { port } = aQuotaPort(async () =>
    room-- > 0 ? { granted: true, id: "r" } : { granted: false, retryAfterMs: 600_000 },
  );
  const endCall = async () => {
    room = 1;
  };
  const pool = aPool([limited({ tpm: 1_000 })], {}, { ...port, endCall });
  const tokens = () => 900;
  const lease = await pool.acquire({ signal, tokens });
  const waiting = pool.acquire({ signal, tokens });
  await until(() => pool.waitMs(pool.keys()[0]!) > 0);
  lease?.succeeded({ latencyMs: 1, usage: { promptTokens: 90, completionTokens: 10 } }, 900, 0);
  expect(await waiting).toBeDefined();
});

test("a key whose own limit is reached does not make the others of its account wait for each other", async () => {
  let open = 0;
  let mostOpen = 0;
  const { port, asked } = aQuotaPort(async ({ group }) => {
    if (group === "key:a") return { granted: false, retryAfterMs: 60_000 };
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    await immediate();
    open -= 1;
    return { granted: true, id: "r" };
  });
  const account = { id: "one", limits: limited({ tpm: 1e6 }).limits };
  const pool = aPool([{ account, ...limited({ tpm: 1_000 }) }, { account }], {}, port);
  for (let turn = 0; turn < 4; turn++) await acquire(pool, ["a"]);
  await acquire(pool, ["b"]);
  expect(asked.filter(({ group }) => group === "key:a")).toHaveLength(1);
  mostOpen = 0;
  await Promise.all(Array.from({ length: 4 }, () => acquire(pool)));
  expect(mostOpen).toBe(4);
});

test("a reservation that came too late to be sent is given back", async () => {
  let slow = true;
  const { port, givenBack } = aQuotaPort(async () => {
    if (slow) await delay(600);
    const id = slow ? "late" : "in-time";
    slow = false;
    return { granted: true, id };
  });
  const lease = await acquire(aPool([limited({ qps: 5 })], {}, port));
  expect(lease.isFresh()).toBe(true);
  expect(givenBack).toEqual(["key:a late"]);
});

test("a call that goes on the wire late counts from then on", async () => {
  const { port, late } = aQuotaPort();
  const lease = await acquire(aPool([limited({ qps: 5 })], {}, port));
  const since = performance.now();
  await until(() => performance.now() > since + 60);
  lease.sent();
  expect(late).toEqual(["key:a r"]);
});

test("in a window shorter than a second a call may be late by half of it", async () => {
  const scheduler = { globalQpsLimit: 50, globalWindowMs: 200 };
  const lease = await acquire(aPool([{}], scheduler));
  const since = performance.now();
  await until(() => performance.now() > since + 130);
  expect(lease.isFresh()).toBe(false);
});

test("where a window was full, room in it is asked for by one call at a time until one is granted", async () => {
  const open: number[] = [];
  let now = 0;
  const { port } = aQuotaPort(async () => {
    now += 1;
    open.push(now);
    await immediate();
    now -= 1;
    return open.length <= 20 ? { granted: false, retryAfterMs: 1 } : { granted: true, id: "r" };
  });
  const pool = aPool([limited({ tpm: 60_000 })], {}, port);
  await Promise.all(Array.from({ length: 8 }, () => acquire(pool)));
  expect(open.slice(0, 20)).toEqual(Array(20).fill(1));
  expect(Math.max(...open)).toBeGreaterThan(1);
});

test("after a throttled call a tenth less is asked for, also of a limit of a few calls a second", async () => {
  const { port, asked } = aQuotaPort();
  const pool = aPool([limited({ qps: 5, rpm: 300 })], {}, port);
  (await acquire(pool)).failed(throttled(1), "t");
  answer(await acquire(pool));
  const perMinute = asked.at(-1)!.limits.map(({ limit, windowMs }) => (60_000 * limit) / windowMs);
  expect(asked[0]!.limits.map(({ limit }) => limit)).toEqual([5, 300]);
  expect(perMinute[0]).toBeCloseTo(258, -1);
  expect(perMinute[1]).toBeCloseTo(270, -1);
});

test("in a slow start whoever asks next waits for the one that is being reserved, too", async () => {
  let now = 1_000_000;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  // From 5 a second to 20.
  const pool = aPool([limited({ rpm: 1_200 })]);
  const wait = () => pool.waitMs(pool.keys()[0]!);
  answer(await acquire(pool));
  expect(wait()).toBe(200);
  now += 200;
  expect(wait()).toBe(0);
  const asking = acquire(pool);
  expect(wait()).toBe(200);
  answer(await asking);
});

test("a proxy's page disables no model and no key, whatever its status; the provider's own word does", async () => {
  const refusal = (status: number, cause?: Error) =>
    new VlmError(classify({ status, message: "", codes: [] }), `the answer is ${status}`, { status, cause });
  for (const status of [403, 404]) {
    const pool = aPool([{}]);
    (await acquire(pool)).failed(refusal(status, new ForeignAnswer("<html>not here</html>")), "t");
    expect(pool.healthOf(pool.keys()[0]!).state).toBe("healthy");
    (await acquire(pool)).failed(refusal(status), "t");
    expect(pool.healthOf(pool.keys()[0]!).state).toBe("disabled");
  }
});

const bill = () => new VlmError(classify({ status: 400, message: "", codes: ["Arrearage"] }), "unpaid");

test("a key that takes another's place begins anew, also where the account was blamed", async () => {
  const pool = aPool([{}]);
  const [{ config }] = pool.keys() as [KeyState];
  (await acquire(pool)).failed(bill(), "t");
  expect(pool.healthOf(pool.keys()[0]!).state).toBe("disabled");
  pool.replace([{ ...config, weight: 2 }]);
  expect(pool.healthOf(pool.keys()[0]!).state).toBe("disabled");
  pool.replace([{ ...config, key: new Secret("sk-another") }]);
  expect(pool.healthOf(pool.keys()[0]!).state).toBe("healthy");
});

test("a key whose model changed begins anew", async () => {
  const pool = aPool([{}]);
  const [{ config }] = pool.keys() as [KeyState];
  (await acquire(pool)).failed(rejected(), "t");
  pool.replace([{ ...config, model: "another" }]);
  expect(pool.healthOf(pool.keys()[0]!).state).toBe("healthy");
});

test("what a person said of a key holds for the one that takes its place", async () => {
  const pool = aPool([{}]);
  const [{ config }] = pool.keys() as [KeyState];
  pool.order("a", "disable");
  pool.replace([{ ...config, key: new Secret("sk-another") }]);
  expect(pool.keys()[0]!.order).toBe("disable");
});

test("a group's calls in flight follow the limit that is configured now", async () => {
  const pool = aPool([limited({ concurrency: 2 })]);
  const [{ config }] = pool.keys() as [KeyState];
  const allowed = () => pool.groups()[0]!.concurrency.allowed();
  expect(allowed()).toBe(2);
  pool.replace([{ ...config, ...limited({ concurrency: 8 }) }]);
  expect(allowed()).toBe(8);
  pool.replace([{ ...config, ...limited({ concurrency: 1 }) }]);
  expect(allowed()).toBe(1);
});
