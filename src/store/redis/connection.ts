import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Redis, type RedisOptions } from "ioredis";
import type { Logger } from "pino";
import type { RedisConfig } from "../../config/config.ts";
import { messageOf } from "../../errors.ts";
import { scripts } from "./scripts.ts";

/** Without an option that its types do not take together with undefined. */
type Options = Omit<RedisOptions, "replyMapping">;

/** A command that is not answered within this time has failed: whoever asked decides what then. */
const commandTimeout = 2_000;
const connectTimeout = 5_000;
const firstRetryMs = 50;
const longestRetryMs = 1_000;
const sayAgainMs = 30_000;

/** Connects, again and again for as long as it lives; nothing is queued while the server is away. */
export function createConnection(config: RedisConfig): Redis {
  const { url, sentinels } = config;
  const options: Options = {
    // RESP2: servers before Redis 6 speak no other.
    protocol: 2,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout,
    // Nor is anything more asked over a connection that has fallen silent: it is opened anew.
    socketTimeout: commandTimeout,
    connectTimeout,
    retryStrategy,
    scripts,
    ...credentialsOf(config),
    ...(config.tls ? { tls: tlsOf(config.tls) } : {}),
  };
  if (!sentinels) return new Redis(url.reveal(), options);
  const { nodes, name, password } = sentinels;
  return new Redis({
    ...options,
    sentinels: [...nodes],
    name,
    ...(password ? { sentinelPassword: password.reveal() } : {}),
    sentinelRetryStrategy: retryStrategy,
    enableTLSForSentinelMode: config.tls !== undefined,
    ...(config.tls ? { sentinelTLS: tlsOf(config.tls) } : {}),
  });
}

/**
 * Resolves at the first connection; while there is none it says so now and then.
 * @throws what the server says when it refuses the password; the signal's reason
 */
export async function firstConnection(redis: Redis, log: Logger, signal: AbortSignal): Promise<void> {
  let saidAt = Number.NEGATIVE_INFINITY;
  let last = "it does not answer";
  redis.on("error", (error) => {
    last = messageOf(error);
  });
  redis.connect().catch(() => {});
  while (redis.status !== "ready") {
    if (isRefusal(last)) throw new Error(last);
    if (performance.now() - saidAt > sayAgainMs && last !== "it does not answer") {
      log.warn({ error: last }, "waiting for Redis");
      saidAt = performance.now();
    }
    await delay(firstRetryMs, undefined, { signal });
  }
}

/** What no retry helps against. */
function isRefusal(message: string): boolean {
  return /WRONGPASS|NOAUTH|NOPERM|invalid password/i.test(message);
}

function retryStrategy(times: number): number {
  return Math.min(longestRetryMs, firstRetryMs * times);
}

function credentialsOf({ username, password }: RedisConfig): Options {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password ? { password: password.reveal() } : {}),
  };
}

function tlsOf({ caFile, certificateFile, keyFile }: NonNullable<RedisConfig["tls"]>) {
  return {
    ...(caFile ? { ca: readFileSync(caFile) } : {}),
    ...(certificateFile ? { cert: readFileSync(certificateFile) } : {}),
    ...(keyFile ? { key: readFileSync(keyFile) } : {}),
  };
}
