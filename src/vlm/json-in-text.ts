import { jsonOf } from "../messages/json.ts";

/**
 * All complete JSON objects and arrays that stand in a text, outermost only, in order; fences and prose
 * around them are passed over. Throws SyntaxError when one is not closed: what follows an opening brace
 * would be a part of something, and a part must never be taken for the whole.
 */
export function jsonValuesIn(text: string): unknown[] {
  const whole = jsonOf(text);
  if (typeof whole === "object" && whole !== null) return [whole];
  const values: unknown[] = [];
  for (let start = nextOpening(text, 0); start >= 0; ) {
    const end = closingOf(text, start);
    try {
      values.push(JSON.parse(text.slice(start, end + 1)));
    } catch {
      // Prose in brackets.
    }
    start = nextOpening(text, end + 1);
  }
  return values;
}

function nextOpening(text: string, from: number): number {
  const at = text.slice(from).search(/[{[]/);
  return at < 0 ? -1 : from + at;
}

function closingOf(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth === 0) return at;
  }
  throw new SyntaxError("the JSON is cut off");
}
