import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { openEmbeddedStore } from "./embedded/store.ts";
import { openRedisStore } from "./redis/store.ts";
import type { Store } from "./store.ts";

/** Opens the store the configuration chose. */
export function openStore({ store, dataDir }: Config, log: Logger): Promise<Store> {
  return store.kind === "redis"
    ? openRedisStore({ redis: store.redis, log })
    : openEmbeddedStore({ dataDir, log });
}
