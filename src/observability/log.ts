import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "../config/config.ts";

/** JSON lines on stderr, or, given where a person looks, readable ones there. */
export async function createLog(
  level: LogLevel,
  options: { pretty?: (line: string) => void } = {},
): Promise<Logger> {
  const destination = options.pretty
    ? await readable(options.pretty)
    : pino.destination({ dest: 2, sync: true });
  const settings = { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, serializers };
  return pino({ level, ...settings }, destination);
}

/** Loaded where somebody reads it. */
async function readable(write: (line: string) => void): Promise<DestinationStream> {
  const { prettyFactory } = await import("pino-pretty");
  const format = prettyFactory({
    ...{ colorize: true, singleLine: true },
    ignore: "pid,hostname",
    translateTime: "SYS:HH:MM:ss.l",
  });
  return { write: (entry) => write(format(entry)) };
}

const serializers = { partitions: (value: unknown) => (isNumbers(value) ? showRanges(value) : value) };

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

/** "0-3,7" */
function showRanges(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open && number === open[1] + 1) open[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
