import type { RedisConfig } from "../../config/config.ts";
import { messageOf, TmonError } from "../../errors.ts";
import { tlsFailure } from "../../tls/failure.ts";

/** Why no retry helps: the server does not let tmon in, or is not the one it should be. Undefined if one may. */
export function refusalOf(error: unknown, { shownUrl, sentinels }: RedisConfig): TmonError | undefined {
  const place = sentinels ? `${sentinels.name} (by its Sentinels)` : shownUrl;
  const also = sentinels ? ", and redis.sentinels.password" : ", or TMON_REDIS_URL";
  if (/WRONGPASS|NOAUTH|NOPERM|invalid password/i.test(messageOf(error)))
    return new TmonError(
      "TMON_STORE_REFUSED",
      `Redis at ${place} refuses: ${messageOf(error)}`,
      `check redis.url, redis.username and redis.password (or password_file) in tmon.yaml${also}`,
      { cause: error },
    );
  return tlsFailure(error as Error, {
    name: `Redis at ${place}`,
    caKey: "redis.tls.ca_file",
    certificateKey: "redis.tls.certificate_file",
  });
}
