import type { RedisConfig } from "../../config/config.ts";
import { messageOf, TmonError } from "../../errors.ts";
import { tlsFailure } from "../../tls/failure.ts";

/** Why no retry helps: the server does not let tmon in, or is not the one it should be. Undefined if one may. */
export function refusalOf(error: unknown, { url, shownUrl, sentinels }: RedisConfig): TmonError | undefined {
  const words = messageOf(error);
  const also = sentinels ? ", and redis.sentinels.password" : ", or TMON_REDIS_URL";
  if (/DB index|SELECT is not allowed/.test(words))
    return new TmonError(
      "TMON_STORE_REFUSED",
      `Redis at ${shownUrl} has no database ${new URL(url.reveal()).pathname.slice(1)}: ${words}`,
      "name one it has behind the host in redis.url, or TMON_REDIS_URL: 0 to 15, unless its `databases` says otherwise",
      { cause: error },
    );
  if (/WRONGPASS|NOAUTH|NOPERM|invalid password/i.test(words))
    return new TmonError(
      "TMON_STORE_REFUSED",
      `Redis at ${shownUrl} refuses: ${words}`,
      `check redis.url, redis.username and redis.password (or password_file) in tmon.yaml${also}`,
      { cause: error },
    );
  return tlsFailure(error as Error, {
    name: `Redis at ${shownUrl}`,
    caKey: "redis.tls.ca_file",
    certificateKey: "redis.tls.certificate_file",
  });
}

/** Redis before 6, and since. */
export function isPasswordUnasked(error: unknown): boolean {
  return /no password is set|without any password configured/.test(messageOf(error));
}

/** What keeps a connection from being made anew. */
export function troubleOf(error: unknown, config: RedisConfig): { refuses: boolean; words: string } {
  const refusal = refusalOf(error, config);
  return { refuses: refusal !== undefined, words: refusal?.message ?? wordsOf(error) };
}

/** In plain words where the library's are its own. */
export function wordsOf(error: unknown): string {
  if (error instanceof TmonError) return wordsOf(error.cause);
  const words = messageOf(error);
  if (/^(Command timed out|Socket timeout)/.test(words)) return "it does not answer";
  if (words === "Connection is closed.") return "it closes the connection";
  if (/^(Stream isn't writeable|Reached the max retries)/.test(words)) return "the connection is closed";
  if (/EPIPE|ECONNRESET/.test(words)) return `it closes the connection (${words})`;
  if (/^Protocol error/.test(words))
    return `it answers as no Redis does (${words.replace(/\. Please.*/, "")})`;
  return words;
}
