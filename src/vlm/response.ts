import { z } from "zod";
import type { Secret } from "../config/secret.ts";
import { UnusableAnswer } from "./answer.ts";
import { classify, type Usage, VlmError, type VlmErrorCode } from "./failure.ts";

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** What the text says; undefined if it is not JSON. */
  json: unknown;
}

const maxMessage = 300;
const maxRetryAfterMs = 3_600_000;

export interface Completion {
  content: string | undefined;
  usage: Usage | undefined;
  model: string | undefined;
  /** A gateway's error in a response of status 200. */
  isError: boolean;
}

/** In no provider's form, as what a proxy or a login page says in its place: it tells nothing of the key. */
export class ForeignAnswer extends UnusableAnswer {
  readonly isPage: boolean;

  constructor(body: string) {
    const isPage = /^<(!doctype\s+)?html/i.test(body);
    super(body === "" ? "it is empty" : isPage ? "it is a web page" : "it is not a completion");
    this.isPage = isPage;
  }
}

/** Taken from the status alone. */
const doubtful: VlmErrorCode[] = [
  "TMON_VLM_ANSWER_INVALID",
  "TMON_VLM_REQUEST_REFUSED",
  "TMON_VLM_ACCESS_DENIED",
  "TMON_VLM_MODEL_UNKNOWN",
];

/** True where the body is no provider's and leaves nothing of what the status would say. */
export function isDoubtful({ failure, details }: VlmError): boolean {
  return details.cause instanceof ForeignAnswer && doubtful.includes(failure.code);
}

/** A provider's own answer, however broken, is JSON. */
function foreignAnswer(text: string): ForeignAnswer | undefined {
  const body = text.trim();
  return body.startsWith("{") ? undefined : new ForeignAnswer(body);
}

/** Only the content is required of a completion. @throws UnusableAnswer if the body is no completion at all. */
export function readCompletion({ text, json }: HttpResponse): Completion {
  if (!isObject(json)) throw foreignAnswer(text) ?? new UnusableAnswer("it is not a completion");
  const { choices, usage, model, error } = json;
  const content = contentOf(choices);
  return {
    content,
    usage: usageOf(usage),
    model: typeof model === "string" ? model : undefined,
    isError: content === undefined && typeof error === "object" && error !== null,
  };
}

/** Of the first choice: a text, or parts that have one. */
function contentOf(choices: unknown): string | undefined {
  const [first] = Array.isArray(choices) ? choices : [];
  const message = isObject(first) ? first.message : undefined;
  const content = isObject(message) ? message.content : undefined;
  if (typeof content === "string") return content;
  if (!Array.isArray(content) || !content.every(isObject)) return undefined;
  return content.map((part) => (typeof part.text === "string" ? part.text : "")).join("");
}

function usageOf(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage;
  return isCount(promptTokens) && isCount(completionTokens) ? { promptTokens, completionTokens } : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const errorBodySchema = z.looseObject({
  error: z.looseObject({
    message: z.string().catch(""),
    code: z.coerce.string().nullish().catch(undefined),
    type: z.string().nullish().catch(undefined),
  }),
});

/** What a response that is no completion means; the key never stands in the message. */
export function errorOfResponse(response: HttpResponse, key: Secret): VlmError {
  const { status, headers } = response;
  const { error } = errorBodySchema.safeParse(response.json).data ?? {};
  const message = withoutSecrets(error?.message ?? "", key).trim();
  const codes = [error?.code, error?.type].filter((code) => typeof code === "string");
  const failure = classify({ status, message, codes });
  const cause = foreignAnswer(response.text);
  const said =
    [codes[0], message].filter(Boolean).join(": ") || (cause?.isPage ? "a web page" : "no reason given");
  return new VlmError(failure, `the provider answered ${status} (${said})`, {
    status,
    retryAfterMs: retryAfterOf(headers["retry-after"]),
    providerRequestId: requestIdOf(response),
    simulated: isSimulated(response),
    cause,
  });
}

/** The provider's name for the call: its header, or the body's id. */
export function requestIdOf({ headers, json }: HttpResponse): string | undefined {
  const header = headers["x-request-id"];
  if (typeof header === "string") return header;
  const body = json as { request_id?: unknown; id?: unknown } | null | undefined;
  return [body?.request_id, body?.id].find((id) => typeof id === "string");
}

export function isSimulated({ headers }: HttpResponse): boolean {
  return headers["x-tmon-simulated"] === "1";
}

/** Seconds or a date; undefined if it is neither. Source: RFC 9110 §10.2.3. */
function retryAfterOf(header: string | string[] | undefined): number | undefined {
  if (typeof header !== "string") return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), maxRetryAfterMs);
}

function withoutSecrets(message: string, key: Secret): string {
  return message
    .replaceAll(key.reveal(), key.masked())
    .replaceAll(/\bsk-[\w-]{8,}/g, "sk-…")
    .slice(0, maxMessage);
}
