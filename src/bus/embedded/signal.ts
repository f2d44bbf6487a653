import type { Environment } from "../../lmdb/environment.ts";
import type { Tables } from "./tables.ts";

/** Tells readers of this process that there may be something new. */
export interface ChangeSignal {
  /** At once: something of this very process. */
  raise(): void;
  /** The answer ends the subscription. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

const shortestPollMs = 5;
const longestPollMs = 20;

/** Changes by other processes are seen by polling one counter, less often while nothing happens. */
export function createChangeSignal(environment: Environment, tables: Tables): ChangeSignal {
  const listeners = new Set<() => void>();
  let seen = -1;
  let pollMs = shortestPollMs;
  let timer: NodeJS.Timeout | undefined;

  function poll(): void {
    const changes = environment.read(() => tables.counters.get("changes") ?? 0);
    pollMs = changes === seen ? Math.min(pollMs * 1.05, longestPollMs) : shortestPollMs;
    if (changes !== seen) notify();
    seen = changes;
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    timer = listeners.size > 0 ? setTimeout(poll, pollMs) : undefined;
  }

  function notify(): void {
    for (const listener of [...listeners]) listener();
  }

  return {
    raise: notify,
    subscribe(listener) {
      listeners.add(listener);
      if (timer === undefined) schedule();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) schedule();
      };
    },
    close() {
      listeners.clear();
      clearTimeout(timer);
    },
  };
}
