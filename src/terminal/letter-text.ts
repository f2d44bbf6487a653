import { isUtf8 } from "node:buffer";
import type { Config } from "../config/config.ts";
import { originalHeaders } from "../messages/dead-letter.ts";
import type { Letter } from "../runtime/letters/letters.ts";
import { formatTable, printable } from "./output.ts";
import { formatAge, formatTime } from "./time.ts";

/** A letter as a person reads it: where from and why, the headers the message had, its bytes. */
export function describeLetter(
  { message, code, reason, source, group }: Letter,
  { timezone }: Config,
): string {
  const { partition, offset, timestamp, key, headers, value } = message;
  const age = formatAge(Date.now() - timestamp);
  const facts: [string, string][] = [
    ["written", `${formatTime(timestamp, timezone)}, ${age} ago`],
    ["source", `${source.topic} ${source.partition}@${source.offset}, ${keyText(key)}`],
    ["read by", group],
    ["error", `${code}: ${reason}`],
    ...Object.entries(originalHeaders(headers)).map(([name, text]): [string, string] => [
      `header ${name}`,
      text,
    ]),
    ["bytes", String(value.length)],
  ];
  const rows = facts.map(([name, text]) => [printable(name), printable(text)]);
  return `${formatTable(["LETTER", `${partition}:${offset}`], rows)}\n\n${textOf(value)}`;
}

export const keyText = (key: string) => (key === "" ? "no key" : `key ${key}`);

/** JSON with its long words shortened, or the first bytes as they are. */
function textOf(value: Buffer): string {
  try {
    const json: unknown = JSON.parse(value.toString("utf8"));
    if (isUtf8(value)) return JSON.stringify(json, shortened, 2).split("\n").map(printable).join("\n");
  } catch {
    // Shown as bytes.
  }
  return hexDump(value);
}

const longestWord = 200;
const shownCharacters = 40;

function shortened(_: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= longestWord) return value;
  return `${value.slice(0, shownCharacters)}… (${value.length} characters)`;
}

const shownBytes = 256;
const rowBytes = 16;

function hexDump(value: Buffer): string {
  const rows = [];
  for (let at = 0; at < Math.min(value.length, shownBytes); at += rowBytes) {
    const bytes = value.subarray(at, at + rowBytes);
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = bytes.toString("latin1").replaceAll(/[^\x20-\x7e]/g, ".");
    rows.push(`${at.toString(16).padStart(8, "0")}  ${hex.padEnd(rowBytes * 3 - 1)}  ${text}`);
  }
  const rest = value.length - shownBytes;
  return [...rows, ...(rest > 0 ? [`… and ${rest} bytes more: -o json has them all`] : [])].join("\n");
}
