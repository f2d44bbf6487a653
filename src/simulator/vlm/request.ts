import { z } from "zod";
import type { Language } from "../../config/language.ts";
import { boxSchema } from "../../messages/common.ts";
import { jsonOf } from "../../messages/json.ts";
import { jpegTokens, textTokens } from "../../vlm/tokens.ts";

const partSchema = z.looseObject({ type: z.string(), text: z.string().default("") });

const requestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(partSchema)]) }))
    .min(1),
});

const objectSchema = z.object({ objectId: z.number().int(), class: z.string(), bbox: boxSchema });
export type RequestObject = z.output<typeof objectSchema>;

/** The part of the prompt the simulated provider judges. */
const groupSchema = z.looseObject({ objects: z.array(objectSchema) });

/** What a chat completion asks, as far as it matters here. */
export interface ChatRequest {
  model: string;
  objects: RequestObject[];
  language: Language;
  /** Tokens of text and pictures as DashScope would count them, about. */
  promptTokens: number;
}

/** Undefined if the body is no chat completion. */
export function readRequest(body: Buffer): ChatRequest | undefined {
  const { rest, long, pictures } = shorten(body);
  const parsed = requestSchema.safeParse(jsonOf(rest));
  if (!parsed.success) return undefined;
  const texts = parsed.data.messages.flatMap(({ content }) =>
    typeof content === "string" ? [content] : content.map(({ text }) => text),
  );
  const read = [...long, ...texts.map(readText)];
  return {
    model: parsed.data.model,
    objects: texts.flatMap(objectsIn),
    language: read.some(({ language }) => language === "zh") ? "zh" : "en",
    promptTokens: sum(read.map(({ tokens }) => tokens)) + sum(pictures.map(tokensOfPicture)),
  };
}

/** What a text of the request amounts to. */
interface TextRead {
  tokens: number;
  language: Language;
}

interface ShortBody {
  /** The JSON without what was taken out, a character a byte: names and numbers are ASCII. */
  rest: string;
  long: readonly TextRead[];
  pictures: Buffer[];
}

const opening = '"data:image/';
const backslash = 0x5c;

/**
 * Nearly all of a body is its picture and the system prompt. Of the one nothing but the size is wanted, and the
 * other comes again and again: both are taken out before the JSON is read, which is most of a request's cost.
 */
function shorten(body: Buffer): ShortBody {
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

/** What stands before a picture, without its long texts. */
function readHead(bytes: Buffer): Head {
  const known = heads.find((head) => head.bytes.equals(bytes));
  if (known) return known;
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

function readText(bytes: string): TextRead {
  const text = Buffer.from(bytes, "latin1").toString("utf8");
  return { tokens: textTokens(text), language: /\p{Script=Han}/u.test(text) ? "zh" : "en" };
}

function objectsIn(text: string): RequestObject[] {
  return text.startsWith("{") ? (groupSchema.safeParse(jsonOf(text)).data?.objects ?? []) : [];
}

/** In base64; where pictures without much before it have their size. */
const headLength = 2048;

function tokensOfPicture(base64: Buffer): number {
  const head = jpegTokens(base64.toString("latin1", 0, headLength));
  return head ?? jpegTokens(base64.toString("latin1")) ?? 2;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
