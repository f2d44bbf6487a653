import { TmonError } from "../errors.ts";

const durationUnits = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);
const sizeUnits = new Map([
  ["B", 1],
  ["KB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
]);

/** "500ms", "1.8s", "10m", "1h" in ms; undefined for anything else. */
export function readDuration(text: string): number | undefined {
  return readWithUnit(text, durationUnits);
}

/** "120KB", "256MB", "2GB" in bytes; undefined for anything else. */
export function readSize(text: string): number | undefined {
  return readWithUnit(text, sizeUnits);
}

/** As a file has it: 1h, 90s, 1.8s, 500ms. */
export function writeDuration(ms: number): string {
  if (ms < 1000 && ms > 0) return `${ms}ms`;
  const unit = ["h", "m"].find((name) => ms > 0 && ms % factorOf(durationUnits, name) === 0) ?? "s";
  return `${ms / factorOf(durationUnits, unit)}${unit}`;
}

/** As a file has it: 2GB, 120KB, 1048576B. */
export function writeSize(bytes: number): string {
  const unit = ["GB", "MB", "KB"].find((name) => bytes > 0 && bytes % factorOf(sizeUnits, name) === 0) ?? "B";
  return `${bytes / factorOf(sizeUnits, unit)}${unit}`;
}

const factorOf = (units: ReadonlyMap<string, number>, unit: string) => units.get(unit) ?? 1;

function readWithUnit(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const factor = units.get(unit);
  return factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/**
 * A duration of the command line, in ms; `flag` is the one that has it.
 * @throws TmonError TMON_USAGE
 */
export function parseDuration(text: string, flag: string, leastMs = 0): number {
  const ms = readDuration(text);
  if (ms === undefined) {
    throw new TmonError(
      "TMON_USAGE",
      `${flag} is "${text}", which is not a duration`,
      "write a number with its unit: 500ms, 1.8s, 10m, 1h",
    );
  }
  if (ms >= leastMs) return ms;
  throw new TmonError(
    "TMON_USAGE",
    `${flag} is ${text}, which is too short`,
    `write at least ${writeDuration(leastMs)}`,
  );
}

/**
 * An amount of money of the command line, yuan; `flag` is the one that has it.
 * @throws TmonError TMON_USAGE
 */
export function parseYuan(text: string, flag: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)\s*yuan$/.exec(text.trim()) ?? [];
  if (Number(number) > 0) return Number(number);
  throw new TmonError(
    "TMON_USAGE",
    `${flag} is "${text}", which is not an amount of money`,
    "write it in yuan: 5yuan, 0.5yuan",
  );
}
