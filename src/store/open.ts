import type { Logger } from "pino";
import { abortAfter } from "../abort-after.ts";
import type { Config } from "../config/config.ts";
import { TmonError } from "../errors.ts";
import type { Store } from "./store.ts";

/**
 * Opens the store the configuration chose, and loads that one's library alone: commands start sooner. `ending` ends
 * the wait for a server that is not there yet.
 */
export async function openStore(
  { store, dataDir }: Config,
  log: Logger,
  ending = new AbortController().signal,
): Promise<Store> {
  if (store.kind === "redis") {
    const { openRedisStore } = await import("./redis/store.ts");
    return openRedisStore({ redis: store.redis, log, ending });
  }
  const { openEmbeddedStore } = await import("./embedded/store.ts");
  return openEmbeddedStore({ dataDir, log });
}

/**
 * As openStore, for who does not wait for long.
 * @throws TmonError TMON_STORE_UNREACHABLE if a server is still away then, and as openStore; the signal's reason
 */
export async function openStoreSoon(
  config: Config,
  log: Logger,
  { signal, patienceMs }: { signal: AbortSignal; patienceMs: number },
): Promise<Store> {
  const late = abortAfter(patienceMs);
  return openStore(config, log, AbortSignal.any([signal, late])).catch((error: unknown) => {
    throw late.aborted && !signal.aborted ? storeUnreachable(config) : error;
  });
}

export function storeUnreachable({ store }: Config): TmonError {
  const place = store.kind === "redis" ? `Redis at ${store.redis.shownUrl}` : "the store";
  return new TmonError(
    "TMON_STORE_UNREACHABLE",
    `${place} does not answer`,
    "see that it runs and can be reached from here",
  );
}
