import type { LogLevel } from "./config.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

const otherWords = new Map([
  ["warning", "warn"],
  ["critical", "fatal"],
]);

/** Reads the seed's words too: INFO, WARNING, CRITICAL. Undefined for anything else. */
export function readLogLevel(text: string): LogLevel | undefined {
  const word = text.toLowerCase();
  return logLevels.find((level) => level === (otherWords.get(word) ?? word));
}
