import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { TmonError } from "../errors.ts";
import { expectation } from "./expectation.ts";
import { isSecretName, redactValue } from "./redact.ts";
import { showPath } from "./variables.ts";
import type { YamlFile } from "./yaml-file.ts";

const explainedByInit = "tmon config init DIRECTORY writes files with every key explained";

/**
 * Holds a file to its schema. `explained`: where people find what its values may be.
 * @throws TmonError TMON_CONFIG_INVALID naming file, line, key, value and the fix
 */
export function checkFile<Schema extends z.ZodType>(
  schema: Schema,
  file: YamlFile,
  explained = explainedByInit,
): z.output<Schema> {
  const result = schema.safeParse(file.data);
  if (result.success) return result.data;
  const issue = deepest(result.error.issues[0] as z.core.$ZodIssue);
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") throw unknownKey(schema, file, path, issue.keys[0] as string);
  const value = valueAt(file.data, path);
  const key = showPath(path) || "the file";
  const { expected, todo } = expectation(issue, { value, key, explained });
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `${file.placeOf(path)}: ${key} is ${describe(value, path)}: ${expected}`,
    todo,
  );
}

/** Of a union, what its likeliest branch says: the one that got furthest. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flat().toSorted((a, b) => b.path.length - a.path.length)[0];
  return inner && inner.path.length > 0 ? deepest({ ...inner, path: [...issue.path, ...inner.path] }) : issue;
}

function unknownKey(schema: z.ZodType, file: YamlFile, path: (string | number)[], key: string): TmonError {
  const known = knownKeys(schema, path);
  const nearest = known.toSorted((a, b) => distance(a, key) - distance(b, key))[0];
  const where = showPath([...path, key]);
  return new TmonError(
    "TMON_CONFIG_INVALID",
    `${file.placeOf([...path, key])}: there is no key ${where}`,
    nearest === undefined
      ? "take it out"
      : `did you mean ${showPath([...path, nearest])}? known here: ${known.join(", ")}`,
  );
}

/** The keys a schema knows at a path. */
function knownKeys(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  const here = unwrap(schema);
  const [next, ...rest] = path;
  if (here instanceof z.ZodObject) {
    if (next === undefined) return Object.keys(here.shape);
    const inner = here.shape[next];
    return inner ? knownKeys(inner, rest) : [];
  }
  if (next === undefined) return [];
  if (here instanceof z.ZodArray) return knownKeys(here.element as z.ZodType, rest);
  if (here instanceof z.ZodRecord) return knownKeys(here.valueType as z.ZodType, rest);
  return [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType);
  return schema;
}

export function valueAt(data: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<string | number, unknown> | undefined)?.[part],
    data,
  );
}

/** What may be shown of a wrong value: nothing of a secret, nothing of what a map or a list holds. */
function describe(value: unknown, path: readonly (string | number)[]): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  const name = path.findLast((part) => typeof part === "string") ?? "";
  const isUrl = name === "url" && typeof value === "string";
  if (isSecretName(name) || isUrl) return `a ${typeof value} not shown here`;
  const text = JSON.stringify(typeof value === "string" ? redactValue(value) : value);
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
