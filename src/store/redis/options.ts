import type { RedisOptions } from "ioredis";
import type { RedisConfig } from "../../config/config.ts";
import { readTlsFiles } from "../../tls/files.ts";
import { scripts } from "./scripts.ts";

/** Without an option that its types do not take together with undefined. */
type Options = Omit<RedisOptions, "replyMapping">;

/**
 * A command that is not answered within this time has failed: whoever asked decides what then. Nothing more is
 * asked over a connection that has been silent for so long (a server frozen or cut off keeps it): it is made anew.
 */
const commandTimeout = 2_000;
const connectTimeout = 5_000;
const firstRetryMs = 50;
const longestRetryMs = 1_000;

/** Of a connection that lives: nothing is queued while the server is away. @throws TmonError TMON_CONFIG_INVALID */
export function optionsOf(config: RedisConfig): Options {
  const { username, password } = config;
  return {
    ...common(config),
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy,
    scripts,
    ...(username === undefined ? {} : { username }),
    ...(password ? { password: password.reveal() } : {}),
    ...throughSentinels(config),
  };
}

/** Of a connection that asks one Sentinel one question. @throws TmonError TMON_CONFIG_INVALID */
export function sentinelOptionsOf(config: RedisConfig): Options {
  const password = config.sentinels?.password;
  return {
    ...common(config),
    retryStrategy: () => null,
    enableReadyCheck: false,
    ...(password ? { password: password.reveal() } : {}),
  };
}

function common(config: RedisConfig): Options {
  const tls = tlsOf(config);
  // RESP2: servers before Redis 6 speak no other.
  return {
    protocol: 2,
    commandTimeout,
    connectTimeout,
    socketTimeout: commandTimeout,
    ...(tls ? { tls } : {}),
  };
}

function throughSentinels(config: RedisConfig): Options {
  const { sentinels } = config;
  if (!sentinels) return {};
  const { tls, password } = sentinelOptionsOf(config);
  return {
    sentinels: [...sentinels.nodes],
    name: sentinels.name,
    ...(password ? { sentinelPassword: password } : {}),
    ...(tls ? { sentinelTLS: tls, enableTLSForSentinelMode: true } : {}),
    sentinelRetryStrategy: retryStrategy,
    sentinelCommandTimeout: commandTimeout,
  };
}

function tlsOf({ url, tls }: RedisConfig) {
  if (tls) return readTlsFiles(tls);
  return url.reveal().startsWith("rediss:") ? {} : undefined;
}

function retryStrategy(times: number): number {
  return Math.min(longestRetryMs, firstRetryMs * times);
}
