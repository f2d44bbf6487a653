import type { Language } from "../../config/language.ts";
import { jsonOf } from "../../messages/json.ts";
import { textTokens } from "../../vlm/tokens.ts";

/** What a text of the request amounts to. */
export interface TextRead {
  tokens: number;
  saysJson: boolean;
  language: Language;
}

export interface ShortBody {
  /** The JSON without what was taken out, a character a byte: names and numbers are ASCII. */
  rest: string;
  long: readonly TextRead[];
  /** In base64. */
  pictures: Buffer[];
}

const opening = '"data:image/';
const backslash = 0x5c;

/**
 * Nearly all of a body is its picture and the system prompt. Of the one nothing but the size is wanted, and the
 * other comes again and again: both are taken out before the JSON is read, which is most of a request's cost.
 */
export function shorten(body: Buffer): ShortBody {
  const pictures: Buffer[] = [];
  let rest = "";
  let long: readonly TextRead[] = [];
  let done = 0;
  for (let at = body.indexOf(opening); at >= 0; at = body.indexOf(opening, done)) {
    const comma = body.indexOf(",", at);
    const end = body.indexOf('"', at + 1);
    // A quote within a text is no picture's.
    if (comma < 0 || end < comma || body[at - 1] === backslash) break;
    pictures.push(body.subarray(comma + 1, end));
    const before = readHead(body.subarray(done, comma + 1));
    rest += before.rest;
    long = [...long, ...before.long];
    done = end;
  }
  return { rest: rest + body.toString("latin1", done), long, pictures };
}

interface Head {
  bytes: Buffer;
  rest: string;
  long: readonly TextRead[];
}

const longTexts = /"(?:[^"\\]|\\.){500,}"/g;
const heads: Head[] = [];
const mostHeads = 16;
/** More is no system prompt. */
const longestHead = 65_536;

/** What stands before a picture, without its long texts. */
function readHead(bytes: Buffer): Head {
  const known = heads.find((head) => head.bytes.equals(bytes));
  if (known) return known;
  if (bytes.length > longestHead) return { bytes, rest: bytes.toString("latin1"), long: [] };
  const long: TextRead[] = [];
  const rest = bytes.toString("latin1").replaceAll(longTexts, (literal) => {
    // A group to be judged, with its picture after it.
    if (literal.startsWith('"{')) return literal;
    long.push(readText(String(jsonOf(literal))));
    return '""';
  });
  const head = { bytes: Buffer.from(bytes), rest, long };
  heads.unshift(head);
  heads.length = Math.min(heads.length, mostHeads);
  return head;
}

/** @param bytes of UTF-8, one a character, unless what is not ASCII was escaped */
export function readText(bytes: string): TextRead {
  const escaped = /[\u0100-\uffff]/.test(bytes);
  const text = escaped ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
  return {
    tokens: textTokens(text),
    saysJson: /json/i.test(text),
    language: /\p{Script=Han}/u.test(text) ? "zh" : "en",
  };
}
