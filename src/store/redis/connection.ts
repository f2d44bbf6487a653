import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Logger } from "pino";
import type { RedisConfig } from "../../config/config.ts";
import { messageOf } from "../../errors.ts";
import { refusalOf } from "./failure.ts";
import { optionsOf } from "./options.ts";
import { askSentinels } from "./sentinels.ts";

const lookEveryMs = 50;
const sayAgainMs = 30_000;
const whileAway =
  "see that it runs, and that redis.url is rediss:// where it speaks TLS and redis:// where not";

/**
 * Connects, again and again for as long as it lives. Through Sentinels the URL says all but where.
 * @throws TmonError TMON_CONFIG_INVALID
 */
export function createConnection(config: RedisConfig): Redis {
  const redis = new Redis(config.url.reveal(), optionsOf(config));
  // Where nobody listens the library prints its errors.
  redis.on("error", () => {});
  return redis;
}

/**
 * Resolves at the first connection; while there is none it says so now and then.
 * @throws TmonError TMON_STORE_REFUSED, TMON_TLS_FAILED; an AbortError once the signal is aborted
 */
export async function firstConnection(
  redis: Redis,
  config: RedisConfig,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  let saidAt = Number.NEGATIVE_INFINITY;
  let last: unknown;
  const note = (error: unknown) => {
    last = error;
  };
  redis.on("error", note);
  redis.connect().catch(() => {});
  try {
    while (redis.status !== "ready") {
      if (last !== undefined) {
        const error = last;
        last = undefined;
        const refusal = (await askSentinels(config)) ?? refusalOf(error, config);
        if (refusal) throw refusal;
        if (performance.now() - saidAt > sayAgainMs) {
          log.warn({ error: messageOf(error), todo: whileAway }, "waiting for Redis");
          saidAt = performance.now();
        }
      }
      await delay(lookEveryMs, undefined, { signal });
    }
  } finally {
    redis.off("error", note);
  }
}
