import { TmonError } from "../errors.ts";
import { isDecodable } from "./words.ts";

/** Behind the host stands a database's number and nothing else: there the rest of a password could be taken for it. */
export function isRedisUrl(url: string): boolean {
  if (!/^rediss?:\/\/[^\s"]+$/.test(url) || !URL.canParse(url)) return false;
  const { username, password, hostname, pathname, search, hash } = new URL(url);
  const isAlone = /^(\/\d*)?$/.test(pathname) && search === "" && hash === "";
  return hostname !== "" && isAlone && isDecodable(username + password);
}

/** What to write instead. The URL itself is not shown: a wrong one may hold its password anywhere. */
export function redisUrlFix(url: string): string {
  const form =
    "write redis://HOST:PORT, or rediss:// for TLS, and behind it /NUMBER for another database than 0";
  if (!url.includes("@")) return form;
  return `${form}; special characters of its user name and password as %XX: / as %2F, ? as %3F, # as %23, % as %25`;
}

/** @throws TmonError TMON_CONFIG_INVALID */
export function readRedisUrl(text: string, where: string): string {
  const url = text.trim();
  if (isRedisUrl(url)) return url;
  throw new TmonError("TMON_CONFIG_INVALID", `${where} is no address of a Redis`, redisUrlFix(url));
}
