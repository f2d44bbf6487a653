import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { openEmbeddedStore } from "./embedded/store.ts";
import { openRedisStore } from "./redis/store.ts";
import type { Store } from "./store.ts";

/** Opens the store the configuration chose; `ending` ends the wait for a server that is not there yet. */
export function openStore(
  { store, dataDir }: Config,
  log: Logger,
  ending = new AbortController().signal,
): Promise<Store> {
  return store.kind === "redis"
    ? openRedisStore({ redis: store.redis, log, ending })
    : openEmbeddedStore({ dataDir, log });
}
