import { z } from "zod";
import type { Language } from "../../config/language.ts";
import { boxSchema } from "../../messages/common.ts";
import { jsonOf } from "../../messages/json.ts";
import { textTokens } from "../../vlm/tokens.ts";
import { trialQuestion } from "../../vlm/trial.ts";
import { describePictures, readPicture, takePictures } from "./pictures.ts";
import { remembering } from "./remembering.ts";

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
  objects: readonly RequestObject[];
  language: Language;
  /** The answer where it is asked what is in its picture, and not for a verdict. */
  description: string | undefined;
  /** Tokens of text and pictures as DashScope would count them, about. */
  promptTokens: number;
  /** Why DashScope's models do not take it, in its words. */
  unfit: string | undefined;
}

/** Undefined if the body is no chat completion. */
export function readRequest(body: Buffer): ChatRequest | undefined {
  const { rest, pictures } = takePictures(body);
  const read = readWords(rest);
  if (!read) return undefined;
  const { asksWhatIsShown, ...words } = read;
  let { promptTokens, unfit } = words;
  for (const picture of pictures.map(readPicture)) {
    promptTokens += picture.tokens;
    unfit ??= picture.unfit;
  }
  const description = asksWhatIsShown ? describePictures(pictures) : undefined;
  return { ...words, promptTokens, unfit, description };
}

interface Words extends Omit<ChatRequest, "description"> {
  asksWhatIsShown: boolean;
}

/** All but the pictures; null if it is no chat completion. Read byte by byte: names and numbers are ASCII. */
const readWords = remembering((bytes: string): Words | null => {
  const parsed = requestSchema.safeParse(jsonOf(bytes));
  if (!parsed.success) return null;
  const { model, messages, response_format } = parsed.data;
  const texts = messages.flatMap(({ content }) =>
    typeof content === "string" ? [content] : content.map(({ text }) => text),
  );
  const read = texts.map(readText);
  const lacksJson = response_format?.type === "json_object" && !read.some(({ saysJson }) => saysJson);
  return {
    model,
    objects: texts.flatMap(objectsIn),
    asksWhatIsShown: texts.includes(trialQuestion),
    language: read.some(({ language }) => language === "zh") ? "zh" : "en",
    promptTokens: read.reduce((sum, { tokens }) => sum + tokens, 0),
    unfit: lacksJson
      ? "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
      : undefined,
  };
});

interface TextRead {
  tokens: number;
  saysJson: boolean;
  language: Language;
}

/** Of a text's bytes in UTF-8, one a character, unless what is not ASCII was escaped. */
const readText = remembering((bytes: string): TextRead => {
  const escaped = /[\u0100-\uffff]/.test(bytes);
  const text = escaped ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
  return {
    tokens: textTokens(text),
    saysJson: /json/i.test(text),
    language: /\p{Script=Han}/u.test(text) ? "zh" : "en",
  };
});

function objectsIn(text: string): RequestObject[] {
  return text.startsWith("{") ? (groupSchema.safeParse(jsonOf(text)).data?.objects ?? []) : [];
}
