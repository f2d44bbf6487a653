import { showCameraUrl } from "./camera-url.ts";
import type { LoadedConfig } from "./load.ts";
import { Secret } from "./secret.ts";

export interface ConfigRow {
  key: string;
  /** As it would be written in its file. */
  value: string;
  source: string;
}

/** Each value with where it came from, by key; a list has a row an entry; secrets masked. */
export function showRows({ provenance }: Pick<LoadedConfig, "provenance">): ConfigRow[] {
  return [...provenance]
    .flatMap(([key, { value, source }]) => {
      if (!Array.isArray(value) || value.length === 0) return { key, value: showValue(key, value), source };
      return value.map((entry, index) => ({ key: `${key}[${index}]`, value: showEntry(entry), source }));
    })
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** Values are kept in ms and bytes; the files have other units. */
const writtenAs: [keys: RegExp, write: (value: number) => string][] = [
  [/(^|\.)(interval|drain|clear_after|close_after|max_age|retention\.time)$/, (ms) => `${ms / 1000}s`],
  [/(_seconds|_cooldown|window_size|slow_query_threshold)$/, (ms) => String(ms / 1000)],
  [/(max_size|retention\.size|queue_size)$/, (bytes) => `${bytes / 1e6}MB`],
];

function showValue(key: string, value: unknown): string {
  if (value === undefined) return "-";
  if (value instanceof Secret) return value.masked();
  const write = typeof value === "number" && writtenAs.find(([keys]) => keys.test(key))?.[1];
  if (write) return write(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** An entry of a list; a camera's URL may hold a password, a key masks itself. */
function showEntry(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return String(entry);
  const fields = Object.entries(entry).filter(([, value]) => value !== undefined);
  return fields
    .map(([name, value]) => `${name}: ${name === "url" ? showCameraUrl(value) : value}`)
    .join(", ");
}
