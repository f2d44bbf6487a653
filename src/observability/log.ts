import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import type { LogLevel } from "../config/config.ts";

/** JSON lines on stderr, or readable ones when a person is looking. */
export function createLog(level: LogLevel, options: { pretty: boolean }): Logger {
  const destination = options.pretty
    ? pretty({ destination: 2, sync: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" })
    : pino.destination({ dest: 2, sync: true });
  return pino({ level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
