import { schemaVersion } from "./common.ts";

/** Why and from where a message came to `dead-letters`; its value is the original bytes. */
export interface LetterFacts {
  code: string;
  reason: string;
  /** The message: its place, and its append time there, epoch ms. */
  source: { topic: string; partition: number; offset: number; timestamp: number };
  /** The consumer group that could not read it: each that cannot writes a letter. */
  group: string;
}

const names = [
  "schema-version",
  "error-code",
  "error-message",
  "source-topic",
  "source-partition",
  "source-offset",
  "source-timestamp",
  "source-group",
] as const;

const maxReasonCharacters = 1_000;

/** The headers a dead letter has beside those of the original message. */
export function letterHeaders({
  code,
  reason,
  source,
  group,
}: LetterFacts): Record<(typeof names)[number], string> {
  return {
    "schema-version": String(schemaVersion),
    "error-code": code,
    "error-message": reason.slice(0, maxReasonCharacters),
    "source-topic": source.topic,
    "source-partition": String(source.partition),
    "source-offset": String(source.offset),
    "source-timestamp": String(source.timestamp),
    "source-group": group,
  };
}

/** What is not said is empty, or NaN. */
export function readLetterHeaders(headers: Record<string, string>): LetterFacts {
  return {
    code: headers["error-code"] ?? "",
    reason: headers["error-message"] ?? "",
    source: {
      topic: headers["source-topic"] ?? "",
      partition: Number(headers["source-partition"]),
      offset: Number(headers["source-offset"]),
      timestamp: Number(headers["source-timestamp"]),
    },
    group: headers["source-group"] ?? "",
  };
}

/** The headers the original message had. */
export function originalHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !(names as readonly string[]).includes(name)),
  );
}
