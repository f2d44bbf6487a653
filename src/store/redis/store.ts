import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { RedisConfig } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import type { Store } from "../store.ts";
import { createChannels } from "./channels.ts";
import { startClock } from "./clock.ts";
import { createConnection, firstConnection } from "./connection.ts";
import { createEntries, indexOf } from "./entries.ts";
import { refusalOf } from "./failure.ts";
import { createFrames } from "./frames.ts";
import { memoryOf, watchMemory } from "./memory.ts";
import { watchPresence } from "./presence.ts";
import { createQuotas } from "./quotas.ts";
import type { Scripted } from "./scripts.ts";

export interface RedisStoreOptions {
  redis: RedisConfig;
  log: Logger;
  /** Ends the wait for a server that is not there yet. */
  ending: AbortSignal;
}

/**
 * The store in Redis: one connection for commands, one for subscriptions. Waits for a server that is not there
 * yet; while it is away later every command fails at once, and whoever asked decides what then.
 * @throws TmonError TMON_STORE_REFUSED, TMON_TLS_FAILED, TMON_STORE_EVICTS
 */
export async function openRedisStore({ redis: config, log, ending }: RedisStoreOptions): Promise<Store> {
  const redis = createConnection(config, log) as Redis & Scripted;
  const subscriber = createConnection(config);
  const close = () => {
    redis.disconnect();
    subscriber.disconnect();
  };
  try {
    for (const connection of [redis, subscriber])
      await firstConnection(connection, config, { log, signal: ending });
    const presence = watchPresence(redis, config, log);
    for (const connection of [redis, subscriber]) presence.speakFor(connection);
    await refuseEviction(redis, config);
    const clock = await startClock(redis);
    const memory = watchMemory(redis);

    const entries = createEntries(redis);
    const frames = createFrames(redis);
    const channels = createChannels(subscriber, log);
    const quotas = createQuotas(redis, clock, log);
    const leaseKey = (name: string) => `tmon:lease:${name}`;
    return {
      kind: "redis",
      now: clock.now,
      clockOffsetMs: clock.offsetMs,
      get: entries.get,
      set: entries.set,
      delete: entries.delete,
      list: entries.list,
      increment: async (key, by, { ttlMs }) => Number(await redis.incrementSum(key, by, ttlMs)),
      listAlerts: frames.listAlerts,
      publish: async (channel, message) => void (await redis.publish(channel, message)),
      subscribe: channels.subscribe,
      async claimLease(name, owner, ttlMs) {
        const key = leaseKey(name);
        return (await redis.claimLease(key, indexOf(key), owner, ttlMs)) === 1;
      },
      async releaseLease(name, owner) {
        await redis.releaseLease(leaseKey(name), indexOf(leaseKey(name)), owner);
      },
      cover: quotas.cover,
      reserve: quotas.reserve,
      giveBack: quotas.giveBack,
      countFromNow: quotas.countFromNow,
      endCall: quotas.endCall,
      pushFrame: frames.push,
      frameMark: frames.mark,
      trouble: () => presence.trouble() ?? memory.trouble(),
      async close() {
        clock.stop();
        memory.stop();
        close();
      },
    };
  } catch (error) {
    close();
    throw error instanceof TmonError ? error : (refusalOf(error, config) ?? error);
  }
}

/** A server that throws out what it likes would throw out quota windows and leases. */
async function refuseEviction(redis: Redis, { shownUrl }: RedisConfig): Promise<void> {
  const { limit, policy } = await memoryOf(redis).catch(() => ({ limit: 0, policy: "noeviction" }));
  if (limit === 0 || policy === "noeviction") return;
  throw new TmonError(
    "TMON_STORE_EVICTS",
    `Redis at ${shownUrl} has maxmemory-policy ${policy}: it may throw out quota windows and leases`,
    "set maxmemory-policy noeviction, or give tmon a Redis of its own",
  );
}
