import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { messageOf } from "../../errors.ts";

const askEveryMs = 4_000;

type Listener = (channel: string, message: string) => void;

/** Subscriptions on a connection of their own; after a reconnection they go on with what comes from then. */
export function createChannels(subscriber: Redis, log: Logger) {
  /** By pattern, in Redis' words. */
  const listeners = new Map<string, Set<Listener>>();

  function hand(pattern: string, channel: string, message: string): void {
    for (const listener of listeners.get(pattern) ?? []) {
      try {
        listener(channel, message);
      } catch (error) {
        log.error({ channel, error: messageOf(error) }, "a subscriber failed");
      }
    }
  }
  subscriber.on("message", (channel: string, message: string) => hand(channel, channel, message));
  subscriber.on("pmessage", hand);

  // Who only listens never hears that the server is gone.
  const asking = setInterval(() => subscriber.ping().catch(() => {}), askEveryMs);
  subscriber.on("end", () => clearInterval(asking));

  return {
    async subscribe(pattern: string, listener: Listener): Promise<() => Promise<void>> {
      const isPrefix = pattern.endsWith("*");
      const words = isPrefix ? `${escaped(pattern.slice(0, -1))}*` : pattern;
      const known = listeners.get(words);
      const all = known ?? new Set();
      listeners.set(words, all.add(listener));
      if (!known) await (isPrefix ? subscriber.psubscribe(words) : subscriber.subscribe(words));
      return async () => {
        all.delete(listener);
        if (all.size > 0) return;
        listeners.delete(words);
        await (isPrefix ? subscriber.punsubscribe(words) : subscriber.unsubscribe(words)).catch(() => {});
      };
    },
  };
}

/** A camera's id may hold what Redis takes for a wildcard. */
function escaped(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}
