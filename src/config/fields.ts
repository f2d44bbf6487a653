import { isIP } from "node:net";
import { z } from "zod";
import { readHostPort } from "./host-port.ts";
import { logLevels, readLogLevel } from "./log-level.ts";
import { isRedisUrl, redisUrlFix } from "./redis-url.ts";
import { readDuration, readSize } from "./units.ts";

const durationFix = "write a number with its unit: 500ms, 1.8s, 10m, 1h";

/** A duration such as "1.8s", in ms. */
export const durationField = withUnit(readDuration, durationFix, [1, "ms"]);

/** How long something may still take, in ms; 0 is not at all. */
export const patienceField = withUnit(readDuration, durationFix, [0, "ms"]);

/** Between two looks at one camera, ms. */
export const shortestIntervalMs = 10;
export const intervalField = withUnit(readDuration, durationFix, [shortestIntervalMs, "ms"]);

const sizeFix = "write a number with its unit: 120KB, 256MB, 2GB";

/** A size such as "256MB", in bytes. */
export const sizeField = withUnit(readSize, sizeFix, [1, "B"]);

/** What the embedded bus may keep: each step of the way needs room for its largest batch, whatever the others took. */
export const busSizeField = withUnit(readSize, sizeFix, [64e6, "B"]);

/** Seconds as the seed's files have them, in ms. */
export const secondsField = z
  .number()
  .positive()
  .transform((seconds) => seconds * 1000);

export const shareField = z.number().min(0).max(1);

/** A provider's address. People paste the whole one: what the client adds is taken off again. */
export const baseUrlField = z
  .url({ protocol: /^https?$/, error: "write an http:// or https:// address" })
  .transform((url) => url.replace(/\/(chat\/completions)?\/?$/, ""));

/** A directory of files on a web server. */
export const mirrorField = z
  .url({ protocol: /^https?$/, error: "write an http:// or https:// address" })
  .transform((url) => url.replace(/\/*$/, "/"));

/** A site as a browser names it: scheme, host and port, nothing behind. */
export const originField = z
  .url({ protocol: /^https?$/, error: "write a site as https://HOST, with its port if it has one" })
  .transform((url) => new URL(url).origin);

/** It may hold a password. */
export const redisUrlField = z
  .string()
  .trim()
  .refine(isRedisUrl, { error: ({ input }) => redisUrlFix(String(input)) });

/** HOST:PORT, or [ADDRESS]:PORT of IPv6. */
export const hostPortField = z.string().transform((text, context) => {
  const place = readHostPort(text);
  if (place) return place;
  context.addIssue({ code: "custom", message: "write HOST:PORT" });
  return z.NEVER;
});

export const logLevelField = z.string().transform((text, context) => {
  const level = readLogLevel(text);
  if (level !== undefined) return level;
  context.addIssue({ code: "custom", message: `say one of ${logLevels.join(", ")}` });
  return z.NEVER;
});

/** Hosts of streams: a name, every name of a domain, an address, a network, or all. */
export const hostRuleField = z.string().refine(isHostRule, {
  error:
    "write a name, .domain.example for all names of a domain, an address, a network such as 10.1.0.0/16, or *",
});

function isHostRule(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0) return text === "*" || /^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text);
  const longest = family === 6 ? 128 : 32;
  return (
    rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest))
  );
}

/** A secret itself, or the name of the file that holds it: `key` and `key_file`. */
export const secretField = z.string().trim().min(1, { error: "it is empty" });

function withUnit(
  read: (text: string) => number | undefined,
  fix: string,
  [least, unit]: [number, "ms" | "B"],
) {
  return z.string({ error: fix }).transform((text, context) => {
    const value = read(text);
    if (value !== undefined && value >= least) return value;
    context.addIssue({
      code: "custom",
      message:
        value === undefined ? fix : `write at least ${least >= 1e6 ? `${least / 1e6}M` : least}${unit}`,
    });
    return z.NEVER;
  });
}
