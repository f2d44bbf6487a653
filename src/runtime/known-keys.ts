import type { Config } from "../config/config.ts";
import type { Store } from "../store/store.ts";
import { type Heartbeat, heartbeatPrefix } from "./heartbeat.ts";
import { readKeyOrders } from "./key-orders.ts";
import { type KeyOrder, type KeyUse, keysOf, keysTogether } from "./key-use.ts";

/** A key that is configured here, or that a scheduler uses; without a state where none does. */
export type KnownKey = Omit<KeyUse, "state"> & { state: string | null };

type Beats = Pick<Store, "list">;

/** The keys configured here and those that schedulers use, with the instances of these. */
export async function readKnownKeys(
  { keys }: Pick<Config, "keys">,
  store: Beats,
): Promise<{ schedulers: string[]; keys: KnownKey[] }> {
  const [schedulers, { orders }] = await Promise.all([readSchedulers(store), readKeyOrders(store)]);
  const used = keysTogether(schedulers.map(({ stats }) => stats));
  const unused = keys.filter(({ enabled, id }) => enabled && !used.some((key) => key.id === id));
  return {
    schedulers: schedulers.map(({ instance }) => instance),
    keys: [...used, ...unused.map((key) => unusedKey(key, orders.get(key.id)))],
  };
}

export interface Drain {
  inFlight: number;
  /** Every scheduler heard of the order and has no call of the key open. */
  over: boolean;
}

/** `orderedAt`: when the key was taken out of use, epoch ms by the store's clock. */
export async function readDrain(store: Beats, keyId: string, orderedAt: number): Promise<Drain> {
  const uses = (await readSchedulers(store)).flatMap(({ at, stats }) =>
    keysOf(stats)
      .filter(({ id }) => id === keyId)
      .map(({ order, inFlight }) => ({ hasHeard: order !== null && at > orderedAt, inFlight })),
  );
  return {
    inFlight: uses.reduce((sum, { inFlight }) => sum + inFlight, 0),
    over: uses.every(({ hasHeard, inFlight }) => hasHeard && inFlight === 0),
  };
}

async function readSchedulers(store: Beats): Promise<Heartbeat[]> {
  const beats = await store.list(`${heartbeatPrefix}scheduler:`);
  return beats.map(({ value }) => JSON.parse(value.toString()));
}

function unusedKey(
  { id, key, account, model }: Config["keys"][number],
  order: KeyOrder | undefined,
): KnownKey {
  return {
    id,
    key: key.masked(),
    account: account?.id ?? null,
    group: null,
    model,
    state: order ? "disabled" : null,
    reason: order ? "disabled by tmon keys" : null,
    reasonCode: null,
    usableAt: null,
    order: order ?? null,
    inFlight: 0,
    calls: 0,
    failures: 0,
    throttled: 0,
    promptTokens: 0,
    completionTokens: 0,
    costYuan: 0,
    latencyMs: { p50: null, p95: null },
    requests: null,
    tokens: null,
  };
}
