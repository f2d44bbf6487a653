import { type Logger, type LoggerOptions, pino } from "pino";

export interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

/** A log that can be read, of what is said at `level` and above. */
export function readableLog(level: LoggerOptions["level"] = "info"): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  return { log: pino({ level }, { write }), lines };
}
