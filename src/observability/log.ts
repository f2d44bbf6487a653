import { type DestinationStream, type Logger, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import type { LogLevel } from "../config/config.ts";

/** JSON lines on stderr, or, given where a person looks, readable ones there. */
export function createLog(level: LogLevel, options: { pretty?: (line: string) => void } = {}): Logger {
  const destination = options.pretty ? readable(options.pretty) : pino.destination({ dest: 2, sync: true });
  const settings = { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, serializers };
  return pino({ level, ...settings }, destination);
}

function readable(write: (line: string) => void): DestinationStream {
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
