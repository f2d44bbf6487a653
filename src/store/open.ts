import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { TmonError } from "../errors.ts";
import { openEmbeddedStore } from "./embedded/store.ts";
import type { Store } from "./store.ts";

/** Opens the store the configuration chose. */
export async function openStore(config: Config, log: Logger): Promise<Store> {
  if (config.store.kind === "embedded") return openEmbeddedStore({ dataDir: config.dataDir, log });
  throw new TmonError(
    "TMON_STORE_UNAVAILABLE",
    "this version has no Redis store yet",
    "leave out --store, TMON_STORE and TMON_REDIS_URL: the embedded store needs no server",
  );
}
