import { z } from "zod";
import type { Language } from "../../config/language.ts";
import { boxSchema } from "../../messages/common.ts";
import { jsonOf } from "../../messages/json.ts";
import { jpegSizeOf } from "../../vision/jpeg-size.ts";
import { jpegTokens } from "../../vlm/tokens.ts";
import { readText, shorten } from "./short-body.ts";

const partSchema = z.looseObject({ type: z.string(), text: z.string().default("") });

const requestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(partSchema)]) }))
    .min(1),
  response_format: z.looseObject({ type: z.string() }).optional(),
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
  /** Why DashScope's models do not take it, in its words. */
  unfit: string | undefined;
}

/** Undefined if the body is no chat completion. */
export function readRequest(body: Buffer): ChatRequest | undefined {
  const { rest, long, pictures } = shorten(body);
  const parsed = requestSchema.safeParse(jsonOf(rest));
  if (!parsed.success) return undefined;
  const { model, messages, response_format } = parsed.data;
  const texts = messages.flatMap(({ content }) =>
    typeof content === "string" ? [content] : content.map(({ text }) => text),
  );
  const read = [...long, ...texts.map(readText)];
  const shown = pictures.map(readPicture);
  const wantsJson = response_format?.type === "json_object";
  return {
    model,
    objects: texts.flatMap(objectsIn),
    language: read.some(({ language }) => language === "zh") ? "zh" : "en",
    promptTokens: [...read, ...shown].reduce((sum, { tokens }) => sum + tokens, 0),
    unfit:
      wantsJson && !read.some(({ saysJson }) => saysJson)
        ? "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        : shown.find(({ unfit }) => unfit)?.unfit,
  };
}

function objectsIn(text: string): RequestObject[] {
  return text.startsWith("{") ? (groupSchema.safeParse(jsonOf(text)).data?.objects ?? []) : [];
}

/** Characters of base64 within which pictures without much before it have their size. */
const headLength = 2048;

function readPicture(base64: Buffer): { tokens: number; unfit: string | undefined } {
  const head = base64.toString("latin1", 0, headLength);
  const picture = jpegTokens(head) === undefined ? base64.toString("latin1") : head;
  const size = jpegSizeOf(Buffer.from(picture, "base64"));
  return { tokens: jpegTokens(picture) ?? 2, unfit: size && unfitSize(size) };
}

function unfitSize({ width, height }: { width: number; height: number }): string | undefined {
  if (Math.min(width, height) <= 10)
    return `<400> InternalError.Algo.InvalidParameter: The image length and width do not meet the model restrictions. [height:${height} or width:${width} must be larger than 10]`;
  const aspect = Math.max(width / height, height / width);
  return aspect > 200
    ? `<400> InternalError.Algo.InvalidParameter: The absolute aspect ratio of the image must be smaller than 200, got ${Math.round(aspect)}.`
    : undefined;
}
