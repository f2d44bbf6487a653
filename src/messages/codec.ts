import type { z } from "zod";
import { TmonError } from "../errors.ts";
import { schemaVersion } from "./common.ts";

export function encode(message: object): Buffer {
  return Buffer.from(JSON.stringify(message));
}

/**
 * Reads one message.
 * @throws TmonError TMON_SCHEMA_NEWER if a newer tmon wrote it: the partition must wait for an upgrade;
 *   TMON_MESSAGE_INVALID if it cannot be read: it belongs in dead-letters.
 */
export function decode<Schema extends z.ZodType>(schema: Schema, value: Buffer): z.output<Schema> {
  return read(schema, parse(value));
}

/** What decode does with the message's JSON. @throws as decode */
export function read<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const version = versionOf(json);
  if (version > schemaVersion) {
    throw new TmonError(
      "TMON_SCHEMA_NEWER",
      `a message has schema version ${version}, this tmon reads up to ${schemaVersion}`,
      "upgrade the consumers first: install the producers' version of tmon here",
    );
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw invalid(`${issue?.path.join(".") || "message"}: ${issue?.message}`);
}

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString("utf8"));
  } catch {
    throw invalid("not JSON");
  }
}

function versionOf(json: unknown): number {
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion;
  return typeof version === "number" ? version : 1;
}

function invalid(reason: string): TmonError {
  return new TmonError(
    "TMON_MESSAGE_INVALID",
    `the message cannot be read: ${reason}`,
    "look at it with tmon dlq show, and at what produced it",
  );
}
