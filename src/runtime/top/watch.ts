import { setTimeout as delay } from "node:timers/promises";
import { messageOf, TmonError } from "../../errors.ts";
import type { Seen } from "./snapshot.ts";

const lookEveryMs = 1_000;
/** A server that is only slow is not away. */
const patienceMs = 5_000;

interface Watched {
  trouble(): string | undefined;
  close(): Promise<void>;
}

export interface WatchOptions<Opened extends Watched, Found> {
  kind: string;
  /** May wait for a server; what it says meanwhile is `opening`. */
  open(signal: AbortSignal): Promise<Opened>;
  opening: string;
  look(opened: Opened): Promise<Found>;
}

export interface Watch<Found> {
  seen(): Seen<Found>;
  /** Resolves with the end of the look under way, or of the opening. */
  close(): Promise<void>;
  /** Rejects when opening again cannot help; never resolves. */
  readonly failed: Promise<never>;
}

/**
 * Looks once a second at something that may be away: then what was found last stays, and why it is old is said.
 *
 *   opening <-> waiting (to open again)
 *      \-> looking <-> away -> closed
 */
export function watch<Opened extends Watched, Found>({
  kind,
  open,
  opening,
  look,
}: WatchOptions<Opened, Found>): Watch<Found> {
  const closing = new AbortController();
  const { signal } = closing;
  let opened: Opened | undefined;
  let found: Found | undefined;
  let foundAt = Date.now();
  let trouble: string | undefined;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        opened ??= await open(signal);
        found = await look(opened);
        foundAt = Date.now();
        // It may answer and have something to say, as that a topic is missing.
        trouble = opened.trouble();
      } catch (error) {
        if (!opened && error instanceof TmonError && error.exitCode !== 3 && !signal.aborted) throw error;
        trouble = messageOf(error);
      }
      await delay(lookEveryMs, undefined, { signal }).catch(() => {});
    }
  }

  function troubleNow(): string | undefined {
    if (trouble !== undefined) return opened?.trouble() ?? trouble;
    const silentMs = Date.now() - foundAt;
    if (!opened) return silentMs < lookEveryMs ? undefined : opening;
    return silentMs < patienceMs ? undefined : `no answer for ${Math.floor(silentMs / 1000)} s`;
  }

  const running = run();
  const failed = new Promise<never>((_, reject) => running.catch(reject));
  failed.catch(() => {});
  return {
    seen: () => ({ kind, found, foundAt, trouble: troubleNow() }),
    async close() {
      closing.abort();
      // A look at a server that hangs is not waited for.
      await Promise.race([running, delay(lookEveryMs)]).catch(() => {});
      await opened?.close();
    },
    failed,
  };
}
