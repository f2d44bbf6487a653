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
  return new Redis(config.url.reveal(), optionsOf(config));
}

/**
 * Resolves at the first connection; while there is none it says so now and then.
 * @throws TmonError TMON_STORE_REFUSED, TMON_TLS_FAILED; the signal's reason
 */
export async function firstConnection(
  redis: Redis,
  config: RedisConfig,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  let saidAt = Number.NEGATIVE_INFINITY;
  let last: unknown;
  redis.on("error", (error) => {
    last = error;
  });
  redis.connect().catch(() => {});
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
}
