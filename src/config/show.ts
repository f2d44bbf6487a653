import type { ApiKeyConfig, CameraConfig } from "./config.ts";
import type { LoadedConfig } from "./load.ts";
import { redact } from "./redact.ts";
import { Secret } from "./secret.ts";
import { writeDuration, writeSize } from "./units.ts";

export interface ConfigRow {
  key: string;
  /** As it would be written in its file. */
  value: string;
  source: string;
}

/** Each value with where it came from, by key; a list or a map has a row an entry; secrets masked. */
export function showRows({ provenance }: Pick<LoadedConfig, "provenance">): ConfigRow[] {
  return [...provenance]
    .flatMap(([key, { value, source }]) => {
      const entries = entriesOf(key, value);
      if (entries.length === 0) return { key, value: showValue(key, value), source };
      return entries.map(([name, entry]) => ({ key: name, value: showEntry(key, entry), source }));
    })
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function entriesOf(key: string, value: unknown): [name: string, entry: unknown][] {
  if (Array.isArray(value)) return value.map((entry, index) => [`${key}[${index}]`, entry]);
  if (typeof value !== "object" || value === null || value instanceof Secret) return [];
  return Object.entries(value).map(([name, entry]) => [`${key}.${name}`, entry]);
}

/** Values are kept in ms and bytes; the files have other units. */
const writtenAs: [keys: RegExp, write: (value: number) => string][] = [
  [/(^|\.)(interval|drain|clear_after|close_after|max_age|retention\.time)$/, writeDuration],
  [/(_seconds|_cooldown|window_size|slow_query_threshold)$/, (ms) => String(ms / 1000)],
  [/(max_size|retention\.size|queue_size)$/, writeSize],
];

function showValue(key: string, value: unknown): string {
  if (value === undefined) return "-";
  if (value instanceof Secret) return value.masked();
  const write = typeof value === "number" && writtenAs.find(([keys]) => keys.test(key))?.[1];
  if (write) return write(value);
  return typeof value === "string" ? redact(value) : JSON.stringify(value);
}

function showEntry(key: string, entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return String(entry);
  return Object.entries(inTheFilesWords(key, entry))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");
}

function inTheFilesWords(key: string, entry: object): object {
  if (key === "cameras") {
    const { id, shownUrl, intervalMs, weight } = entry as CameraConfig;
    return { id, url: shownUrl, interval: writeDuration(intervalMs), weight };
  }
  if (key === "api_keys") {
    const { id, key, baseUrl, model, account, limits, enabled, priority, weight } = entry as ApiKeyConfig;
    const { qps, rpm, tpm, concurrency } = limits;
    const own = { qps_limit: qps, rpm_limit: rpm, tpm_limit: tpm, concurrency };
    const shares = { account: account && writeAccount(account), priority, weight };
    return { key_id: id, key, base_url: redact(baseUrl), model, ...own, enabled, ...shares };
  }
  return entry;
}

function writeAccount({ id, limits }: NonNullable<ApiKeyConfig["account"]>): string {
  const said = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  return `${id} (${said.map(([name, limit]) => `${name} ${limit}`).join(", ") || "no limits"})`;
}
