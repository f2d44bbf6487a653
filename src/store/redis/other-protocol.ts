import type { RedisConfig } from "../../config/config.ts";
import type { TmonError } from "../../errors.ts";
import { otherProtocol } from "../../tls/other-protocol.ts";

const question = Buffer.from("PING\r\n");
const defaultPort = 6379;

/** Why no retry helps with a server that gave no answer, by default the URL's; undefined if one may. */
export async function askOtherwise(
  config: RedisConfig,
  place = placeOf(config),
): Promise<TmonError | undefined> {
  return (
    place &&
    otherProtocol({
      ...place,
      name: `Redis at ${place.host}:${place.port}`,
      isAskedByTls: config.tls !== undefined || config.url.reveal().startsWith("rediss:"),
      question,
      isAnswer: (bytes) => /^[+-]/.test(bytes.toString()),
      todo: {
        tls: "write rediss:// instead of redis:// in redis.url, or TMON_REDIS_URL",
        plain: "write redis:// instead of rediss:// in redis.url, or TMON_REDIS_URL, and take redis.tls out",
      },
    })
  );
}

/** Undefined where only the Sentinels know. */
function placeOf({ url, sentinels }: RedisConfig): { host: string; port: number } | undefined {
  if (sentinels) return undefined;
  const { hostname, port } = new URL(url.reveal());
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || defaultPort) };
}
