import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Logger } from "pino";
import type { RedisConfig } from "../../config/config.ts";
import { isPasswordUnasked, refusalOf, wordsOf } from "./failure.ts";
import { optionsOf } from "./options.ts";
import { askOtherwise } from "./other-protocol.ts";
import { askSentinels } from "./sentinels.ts";

const lookEveryMs = 50;
const sayAgainMs = 30_000;
const whileAway = "see that it runs, and that redis.url, or TMON_REDIS_URL, names its host and port";

/**
 * Connects, again and again for as long as it lives. Through Sentinels the URL says all but where.
 * @throws TmonError TMON_CONFIG_INVALID
 */
export function createConnection(config: RedisConfig, log?: Logger): Redis {
  const redis = new Redis(config.url.reveal(), optionsOf(config));
  // Of a password nobody asked for the library prints a line of its own, each time.
  const auth = redis.auth.bind(redis) as (...login: unknown[]) => Promise<"OK">;
  redis.auth = async (...login: unknown[]) =>
    auth(...login).catch((error: unknown) => {
      if (!isPasswordUnasked(error)) throw error;
      log?.warn({ redis: config.shownUrl }, "Redis asks for no password, and one is configured");
      return "OK" as const;
    });
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
  // Who closes without a word gives no error.
  const noteClosed = () => {
    last ??= new Error("Connection is closed.");
  };
  redis.on("error", note).on("close", noteClosed);
  redis.connect().catch(() => {});
  try {
    // A database the server does not have is an error too, and no reason for the library not to go on without it.
    while (redis.status !== "ready" || last !== undefined) {
      if (last !== undefined) {
        const error = last;
        last = undefined;
        const refusal =
          (await askSentinels(config)) ?? refusalOf(error, config) ?? (await askOtherwise(config));
        if (refusal) throw refusal;
        if (performance.now() - saidAt > sayAgainMs) {
          log.warn({ error: wordsOf(error), todo: whileAway }, "waiting for Redis");
          saidAt = performance.now();
        }
      }
      await delay(lookEveryMs, undefined, { signal });
    }
  } finally {
    redis.off("error", note).off("close", noteClosed);
  }
}
