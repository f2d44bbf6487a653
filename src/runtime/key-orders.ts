import type { Store } from "../store/store.ts";
import type { KeyOrder } from "./key-use.ts";

export interface KeyOrders {
  orders: ReadonlyMap<string, KeyOrder>;
  /** When each key was last to be judged anew, epoch ms by the store's clock. */
  resets: ReadonlyMap<string, number>;
}

const orderPrefix = "tmon:key-orders:";
const resetPrefix = "tmon:key-resets:";
/** Every scheduler looks far more often. */
const resetTtlMs = 60_000;

/** They stand in the store until they are withdrawn: every scheduler follows them, those that start later too. */
export async function readKeyOrders(store: Pick<Store, "list">): Promise<KeyOrders> {
  const [orders, resets] = await Promise.all([store.list(orderPrefix), store.list(resetPrefix)]);
  return {
    orders: new Map(orders.map(({ key, value }) => [key.slice(orderPrefix.length), `${value}` as KeyOrder])),
    resets: new Map(resets.map(({ key, value }) => [key.slice(resetPrefix.length), Number(value)])),
  };
}

export async function giveKeyOrder(store: Pick<Store, "set">, keyId: string, order: KeyOrder): Promise<void> {
  await store.set(orderPrefix + keyId, order);
}

export async function withdrawKeyOrder(store: Pick<Store, "delete">, keyId: string): Promise<void> {
  await store.delete(orderPrefix + keyId);
}

/** Whatever is held against the key is forgotten. */
export async function resetKey(store: Pick<Store, "set" | "now">, keyId: string): Promise<void> {
  await store.set(resetPrefix + keyId, String(store.now()), { ttlMs: resetTtlMs });
}
