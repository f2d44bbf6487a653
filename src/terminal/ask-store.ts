import { abortAfter } from "../abort-after.ts";
import type { Config } from "../config/config.ts";
import { messageOf, TmonError } from "../errors.ts";
import { openStoreSoon, storeUnreachable } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { releaseOnCrash } from "./crash.ts";
import { say } from "./output.ts";
import { type Looking, serverPatienceMs } from "./reading.ts";

type Asking = Pick<Looking, "log" | "signal">;

/**
 * Opens the store for as long as it is asked.
 * @throws TmonError TMON_STORE_UNREACHABLE if a server is still away when patience ends, and as openStore; the
 * signal's reason
 */
export async function withStore<T>(
  config: Config,
  { log, signal }: Asking,
  ask: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStoreSoon(config, log, { signal, patienceMs: serverPatienceMs });
  const forget = releaseOnCrash(() => store.close());
  try {
    return await ask(store);
  } finally {
    forget();
    await store.close();
  }
}

/** Longer than a connection is tried: only then is a server that speaks no TLS told from one that is away. */
const patienceMs = 6_000;

/**
 * For what is good to know and no more: undefined, and why on stderr, if the store does not answer soon.
 * @throws TmonError as openStore: of a store that refuses
 */
export async function askStore<T>(
  config: Config,
  { log, signal }: Asking,
  what: string,
  ask: (store: Store) => Promise<T>,
): Promise<T | undefined> {
  const soon = AbortSignal.any([signal, abortAfter(patienceMs)]);
  try {
    return await withStore(config, { log, signal: soon }, ask);
  } catch (error) {
    if (signal.aborted || error instanceof TmonError) throw error;
    const { message, todo } = storeUnreachable(config);
    const why = soon.aborted ? `${message} within ${patienceMs / 1000} s` : messageOf(error);
    say(`tmon: ${what} stays unknown: ${why}`);
    say(`  what to do: ${todo}`);
    return undefined;
  }
}
