import { pino } from "pino";
import type { RedisConfig } from "../../../src/config/config.ts";
import { Secret } from "../../../src/config/secret.ts";
import { openRedisStore } from "../../../src/store/redis/store.ts";

export const redisConfig = (url: string, changes: Partial<RedisConfig> = {}): RedisConfig => ({
  url: new Secret(url),
  shownUrl: url,
  username: undefined,
  password: undefined,
  sentinels: undefined,
  tls: undefined,
  ...changes,
});

export const openStoreAt = (url: string, changes: Partial<RedisConfig> = {}) =>
  openRedisStore({
    redis: redisConfig(url, changes),
    log: pino({ level: "silent" }),
    ending: new AbortController().signal,
  });
