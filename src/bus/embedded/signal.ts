import type { Environment } from "../../lmdb/environment.ts";
import type { Tables } from "./tables.ts";

/** Tells readers of this process that there may be something new. */
export interface ChangeSignal {
  /** At once, of topics that this very process wrote to; `change`: how the counter stood after it. */
  raise(change: number, topics: ReadonlySet<string>): void;
  /** Topics that others wrote to, or who reads them, are told whatever they are. The answer ends the subscription. */
  subscribe(topics: readonly string[], listener: () => void): () => void;
  close(): void;
}

const shortestPollMs = 5;
const longestPollMs = 20;

/** Changes by other processes are seen by polling one counter, less often while nothing happens. */
export function createChangeSignal(environment: Environment, tables: Tables): ChangeSignal {
  const listeners = new Map<() => void, readonly string[]>();
  let seen = -1;
  let pollMs = shortestPollMs;
  let timer: NodeJS.Timeout | undefined;

  function poll(): void {
    const changes = environment.read(() => tables.counters.get("changes") ?? 0);
    pollMs = changes === seen ? Math.min(pollMs * 1.05, longestPollMs) : shortestPollMs;
    const isNews = changes !== seen;
    seen = changes;
    if (isNews) notify();
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    timer = listeners.size > 0 ? setTimeout(poll, pollMs) : undefined;
  }

  function notify(isOf: (topics: readonly string[]) => boolean = () => true): void {
    for (const [listener, topics] of [...listeners]) if (isOf(topics)) listener();
  }

  return {
    raise(change, written) {
      // Where nobody else wrote in between, the next poll finds nothing new.
      if (change === seen + 1) seen = change;
      notify((topics) => topics.some((topic) => written.has(topic)));
    },
    subscribe(topics, listener) {
      listeners.set(listener, topics);
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
