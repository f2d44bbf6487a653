import type { Logger } from "pino";
import { messageOf } from "../../../errors.ts";
import type { Store } from "../../../store/store.ts";
import { readKeyOrders } from "../../key-orders.ts";
import type { KeyPool } from "./pool.ts";

const everyMs = 1_000;

interface Following {
  store: Pick<Store, "list" | "now">;
  pool: KeyPool;
  log: Logger;
  signal: AbortSignal;
}

/** Does what `tmon keys` says, until the signal. With the store away what was said last goes on. */
export async function followKeyOrders({ store, pool, log, signal }: Following): Promise<void> {
  const startedAt = store.now();
  const done = new Map<string, number>();

  async function look(): Promise<void> {
    const { orders, resets } = await readKeyOrders(store);
    for (const { config } of pool.keys()) {
      pool.order(config.id, orders.get(config.id) ?? "use");
      const reset = resets.get(config.id) ?? 0;
      if (reset <= (done.get(config.id) ?? startedAt)) continue;
      done.set(config.id, reset);
      pool.reset(config.id);
    }
  }

  const follow = () =>
    look().catch((error: unknown) =>
      log.debug({ error: messageOf(error) }, "the orders of tmon keys could not be read"),
    );
  const timer = setInterval(follow, everyMs);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  // Before the first call: a key may be disabled since long.
  await follow();
}
