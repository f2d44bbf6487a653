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

const examples = "mend that value; tmon config init DIRECTORY writes files with every key explained";

/** What a key's value should have been, and what to do about it. */
export function expectation(
  issue: z.core.$ZodIssue,
  value: unknown,
  key: string,
): { expected: string; todo: string } {
  const expected = inWords(issue);
  if (value === undefined) return { expected, todo: `add ${key}, or take out what it belongs to` };
  if (issue.code !== "invalid_type") return { expected, todo: examples };
  if (issue.expected === "array")
    return { expected, todo: "begin each entry with a dash, on a line of its own" };
  if (issue.expected === "object" || issue.expected === "record") {
    return { expected, todo: "write it as lines of NAME: VALUE, without dashes" };
  }
  return { expected, todo: examples };
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
      return `it must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${unit(issue.origin)}`;
    case "too_big":
      return `it must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${unit(issue.origin)}`;
    default:
      return "it must be something else";
  }
}

function unit(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " entries long" : "";
}
