import { distance } from "fastest-levenshtein";
import type { z } from "zod";

const kinds: Record<string, string> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** What a key's value should have been, and what to do about it. `explained`: where all values are. */
export function expectation(
  issue: z.core.$ZodIssue,
  { value, key, explained }: { value: unknown; key: string; explained: string },
): { expected: string; todo: string } {
  const expected = inWords(issue);
  const examples = `mend that value; ${explained}`;
  if (issue.code === "invalid_value" && typeof value === "string") {
    const nearest = nearestOf(issue.values.map(String), value);
    return { expected, todo: nearest === undefined ? examples : `did you mean ${nearest}? ${explained}` };
  }
  if (value === undefined) return { expected, todo: `add ${key}, or take out what it belongs to` };
  if (issue.code !== "invalid_type") return { expected, todo: examples };
  if (issue.expected === "array")
    return { expected, todo: "begin each entry with a dash, on a line of its own" };
  if (issue.expected === "object" || issue.expected === "record") {
    return { expected, todo: "write it as lines of NAME: VALUE, without dashes" };
  }
  return { expected, todo: examples };
}

/** Undefined where none is spelt alike. */
function nearestOf(words: readonly string[], typed: string): string | undefined {
  const [nearest] = words.toSorted((a, b) => distance(a, typed) - distance(b, typed));
  const isNear = nearest !== undefined && distance(nearest, typed) <= Math.max(2, typed.length / 3);
  return isNear ? nearest : undefined;
}

/** A field's own message goes first; zod's are for programmers. */
function inWords(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too) /.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `it must be ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `it must be one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `it must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${unit(issue.origin, issue.minimum)}`;
    case "too_big":
      return `it must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${unit(issue.origin, issue.maximum)}`;
    default:
      return "it must be something else";
  }
}

function unit(origin: string, count: number | bigint): string {
  const isOne = Number(count) === 1;
  if (origin === "string") return ` character${isOne ? "" : "s"} long`;
  return origin === "array" ? ` entr${isOne ? "y" : "ies"} long` : "";
}
