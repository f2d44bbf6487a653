import type { Logger } from "pino";
import { messageOf } from "../../errors.ts";
import type { Environment } from "../../lmdb/environment.ts";

/** A subscriber that is this far behind has lost messages, as it would on Redis. */
const keptMs = 10_000;
const pruneAtMost = 500;
const pollMs = { busy: 5, idle: 20 };
/** Polls that find nothing before polling slows down. */
const busyPolls = 200;

interface Published {
  channel: string;
  message: string;
  at: number;
}

interface Subscription {
  pattern: string;
  /** First number it is to hear. */
  from: number;
  listener: (channel: string, message: string) => void;
}

export type Channels = ReturnType<typeof createChannels>;

/**
 * Publish and subscribe across processes: a table of numbered messages, read by everybody who subscribes.
 * The own process's messages are delivered as soon as they are written, others' within a poll.
 */
export function createChannels({ root, read }: Environment, log: Logger) {
  const options = { encoding: "msgpack", useRecords: false, compression: true } as const;
  const published = root.openDB<Published, number>("published", options);
  const subscriptions = new Set<Subscription>();
  let position = 0;
  let idlePolls = 0;
  let timer: NodeJS.Timeout | undefined;

  function nextNumber(): number {
    const [last] = published.getKeys({ reverse: true, limit: 1 });
    return (last ?? 0) + 1;
  }

  /** Hands over what is new; answers whether anything was. */
  function deliver(): boolean {
    if (subscriptions.size === 0) return false;
    const news = read(() => [...published.getRange({ start: position })]);
    for (const { key, value } of news) {
      position = key + 1;
      for (const subscription of subscriptions) hand(subscription, key, value);
    }
    return news.length > 0;
  }

  function hand(
    { pattern, from, listener }: Subscription,
    number: number,
    { channel, message }: Published,
  ): void {
    if (number < from || !matches(pattern, channel)) return;
    try {
      listener(channel, message);
    } catch (error) {
      log.error({ channel, error: messageOf(error) }, "a subscriber failed");
    }
  }

  function poll(): void {
    idlePolls = deliver() ? 0 : idlePolls + 1;
    timer = setTimeout(poll, idlePolls < busyPolls ? pollMs.busy : pollMs.idle);
  }

  return {
    deliver,
    /** The last message is never pruned: its number is where the next one's comes from. */
    append(channel: string, message: string, now: number): void {
      published.put(nextNumber(), { channel, message, at: now });
    },
    subscribe(pattern: string, listener: Subscription["listener"]): () => Promise<void> {
      const subscription = { pattern, listener, from: read(nextNumber) };
      if (subscriptions.size === 0) position = subscription.from;
      subscriptions.add(subscription);
      if (!timer) poll();
      return async () => {
        subscriptions.delete(subscription);
        if (subscriptions.size === 0) stop();
      };
    },
    anyOld(now: number): boolean {
      const [first, second] = published.getRange({ limit: 2 });
      return first !== undefined && second !== undefined && first.value.at <= now - keptMs;
    },
    prune(now: number): void {
      const last = nextNumber() - 1;
      const old: number[] = [];
      // Only as far as the first that stays: frames with their pictures are among them.
      for (const { key, value } of published.getRange({ limit: pruneAtMost })) {
        if (key === last || value.at > now - keptMs) break;
        old.push(key);
      }
      for (const key of old) published.remove(key);
    },
    close(): void {
      subscriptions.clear();
      stop();
    },
  };

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
  }
}

function matches(pattern: string, channel: string): boolean {
  return pattern.endsWith("*") ? channel.startsWith(pattern.slice(0, -1)) : channel === pattern;
}
