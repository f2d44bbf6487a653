import type { Config } from "../config/config.ts";
import type { Store } from "../store/store.ts";
import { type Heartbeat, heartbeatPrefix } from "./heartbeat.ts";
import { readKeyOrders } from "./key-orders.ts";

/** A key as all schedulers together use it. */
export interface KeyUse {
  id: string;
  account: string | null;
  model: string;
  /** The worst that a scheduler says; null where none runs, unless it was disabled by order. */
  state: string | null;
  reason: string | null;
  usableAt: string | null;
  inFlight: number;
  calls: number;
  failures: number;
  throttled: number;
  costYuan: number;
  latencyMs: { p50: number | null; p95: number | null };
}

const worstFirst = ["disabled", "draining", "cooling", "probing", "healthy"];

/** The keys configured here and those that schedulers use, with the instances of these. */
export async function readKeyUse(
  { keys }: Pick<Config, "keys">,
  store: Pick<Store, "list">,
): Promise<{ schedulers: string[]; keys: KeyUse[] }> {
  const [beats, { orders }] = await Promise.all([
    store.list(`${heartbeatPrefix}scheduler:`),
    readKeyOrders(store),
  ]);
  const schedulers = beats.map(({ value }) => JSON.parse(value.toString()) as Heartbeat);
  const uses = new Map<string, KeyUse>();
  for (const { stats } of schedulers)
    for (const use of (stats.keys as KeyUse[] | undefined) ?? []) {
      const other = uses.get(use.id);
      uses.set(use.id, other ? together(other, use) : use);
    }
  for (const { id, account, model } of keys.filter(({ enabled }) => enabled))
    if (!uses.has(id)) uses.set(id, { ...unused, id, account: account?.id ?? null, model });
  const shown = [...uses.values()].map(
    ({
      id,
      account,
      model,
      state,
      reason,
      usableAt,
      inFlight,
      calls,
      failures,
      throttled,
      costYuan,
      latencyMs,
    }) => {
      const order =
        state === null && orders.has(id) ? { state: "disabled", reason: "disabled by tmon keys" } : {};
      return {
        ...{ id, account, model, state, reason, usableAt, ...order },
        ...{ inFlight, calls, failures, throttled, costYuan, latencyMs },
      };
    },
  );
  return { schedulers: schedulers.map(({ instance }) => instance), keys: shown };
}

const unused = {
  ...{
    state: null,
    reason: null,
    usableAt: null,
    inFlight: 0,
    calls: 0,
    failures: 0,
    throttled: 0,
    costYuan: 0,
  },
  latencyMs: { p50: null, p95: null },
};

function together(a: KeyUse, b: KeyUse): KeyUse {
  const isWorse = worstFirst.indexOf(b.state ?? "") < worstFirst.indexOf(a.state ?? "");
  const { state, reason, usableAt } = isWorse ? b : a;
  return {
    ...a,
    ...{ state, reason, usableAt },
    inFlight: a.inFlight + b.inFlight,
    calls: a.calls + b.calls,
    failures: a.failures + b.failures,
    throttled: a.throttled + b.throttled,
    costYuan: a.costYuan + b.costYuan,
    latencyMs: (a.calls >= b.calls ? a : b).latencyMs,
  };
}
