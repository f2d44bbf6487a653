import { z } from "zod";
import type { Language } from "../../config/language.ts";
import { boxSchema } from "../../messages/common.ts";
import { jsonOf } from "../../messages/json.ts";
import { jpegTokens, textTokens } from "../../vlm/tokens.ts";

const partSchema = z.looseObject({
  type: z.string(),
  text: z.string().default(""),
  image_url: z.looseObject({ url: z.string() }).optional(),
});

const requestSchema = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.number().optional(),
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
export function readRequest(body: string): ChatRequest | undefined {
  const parsed = requestSchema.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  const parts = parsed.data.messages.flatMap(({ content }) =>
    typeof content === "string" ? [{ type: "text", text: content, image_url: undefined }] : content,
  );
  const text = parts.map((part) => part.text).join("");
  const pictures = parts.flatMap((part) => part.image_url?.url ?? []);
  const groups = parts.map((part) => groupSchema.safeParse(jsonOf(part.text)).data?.objects ?? []);
  return {
    model: parsed.data.model,
    objects: groups.flat(),
    language: /\p{Script=Han}/u.test(text) ? "zh" : "en",
    promptTokens:
      textTokens(text) +
      pictures.reduce((sum, url) => sum + (jpegTokens(url.slice(url.indexOf(",") + 1)) ?? 2), 0),
  };
}
