import { Agent } from "undici";
import type { Secret } from "../config/secret.ts";
import { encode } from "../messages/codec.ts";
import type { Verdict } from "../messages/result.ts";
import { parseAnswer, UnusableAnswer } from "./answer.ts";
import { createBodyMemory } from "./body-memory.ts";
import { completionsOf } from "./endpoint.ts";
import { exchange, NotSent } from "./exchange.ts";
import { failureOf, type Usage, VlmError } from "./failure.ts";
import { checkKey, listModels } from "./key-check.ts";
import { type AssessRequest, createChatWriter, type PromptConfig } from "./prompt.ts";
import { errorOfResponse, type HttpResponse, isSimulated, readCompletion, requestIdOf } from "./response.ts";
import { errorOfTransport } from "./transport-error.ts";
import { trialBody } from "./trial.ts";

/** Where a call goes. */
export interface VlmTarget {
  /** Up to and without /chat/completions. */
  readonly baseUrl: string;
  readonly key: Secret;
  readonly model: string;
}

export interface Answered {
  usage: Usage | undefined;
  providerRequestId: string | undefined;
  /** The model as the provider names it. */
  model: string;
  /** A simulated provider answered. */
  simulated: boolean;
  /** Request out to answer read, ms. */
  latencyMs: number;
}

export interface VlmAnswer extends Answered {
  /** Empty when the model said "none" without a verdict of its own. */
  verdicts: Verdict[];
}

export interface ModelList extends Pick<Answered, "simulated" | "latencyMs"> {
  /** Undefined where the provider has no list. */
  models: string[] | undefined;
}

export interface VlmClient {
  /**
   * One call. `maySend` is asked when the request is about to go on the wire.
   * @throws VlmError for whatever gives no verdict; NotSent when it might not be sent any more; the signal's
   *   reason when it was aborted.
   */
  assess(
    request: AssessRequest,
    target: VlmTarget,
    signal: AbortSignal,
    maySend?: () => boolean,
  ): Promise<VlmAnswer>;
  /** What the model says of the picture of trial.ts. @throws as assess */
  tryOut(
    target: VlmTarget,
    signal: AbortSignal,
    maySend?: () => boolean,
  ): Promise<Answered & { text: string }>;
  /** @throws VlmError for whatever says neither what models there are nor that there is no list */
  listModels(target: VlmTarget, signal: AbortSignal): Promise<ModelList>;
  /** True if the provider takes the key; see key-check.ts. */
  checkKey(target: VlmTarget, signal: AbortSignal): Promise<boolean>;
  /** Ends all connections. */
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;
const keepAliveMs = 60_000;
/** An answer is a few hundred bytes; what is a thousand times that is none. */
const maxResponseBytes = 1024 * 1024;

/** `timeoutMs`: a whole call, connecting and reading included. */
export function createVlmClient(config: PromptConfig & { timeoutMs: number }): VlmClient {
  const { timeoutMs, language } = config;
  const memory = createBodyMemory();
  const writeChat = createChatWriter(config, memory.take);
  // One pool of kept-alive connections a host, as many as there are calls in flight.
  const agent = new Agent({
    connections: null,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: maxResponseBytes,
    connect: { timeout: Math.min(connectTimeoutMs, timeoutMs) },
  });

  /** What goes wrong on the way to the provider, this client's time-out included, is a VlmError. */
  async function onTheWay<T>(target: VlmTarget, signal: AbortSignal, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof VlmError || error instanceof NotSent) throw error;
      throw errorOfTransport(error, { host: new URL(target.baseUrl).host, timeoutMs });
    }
  }

  function readAnswer<T extends object>(
    response: HttpResponse,
    target: VlmTarget,
    latencyMs: number,
    read: (content: string) => T,
  ): Answered & T {
    const providerRequestId = requestIdOf(response);
    const simulated = isSimulated(response);
    let usage: Usage | undefined;
    try {
      const completion = readCompletion(response);
      if (completion.isError) throw errorOfResponse(response, target.key);
      usage = completion.usage;
      const content = read(completion.content ?? "");
      const model = completion.model ?? target.model;
      return Object.assign(content, { usage, providerRequestId, model, simulated, latencyMs });
    } catch (error) {
      if (!(error instanceof UnusableAnswer)) throw error;
      const message = `the model's answer cannot be used: ${error.message}`;
      const details = { providerRequestId, simulated, status: response.status, usage, cause: error };
      throw new VlmError(failureOf("TMON_VLM_ANSWER_INVALID"), message, details);
    }
  }

  async function complete<T extends object>(
    body: Buffer,
    target: VlmTarget,
    read: (content: string) => T,
    signal: AbortSignal,
    maySend?: () => boolean,
  ) {
    const { origin, path, method, headers } = completionsOf(target);
    const request = { origin, path, method, headers, body };
    const started = performance.now();
    const response = await onTheWay(target, signal, exchange(agent, request, { signal, timeoutMs, maySend }));
    const latencyMs = performance.now() - started;
    if (response.status < 200 || response.status > 299) throw errorOfResponse(response, target.key);
    return readAnswer(response, target, latencyMs, read);
  }

  return {
    async assess(request, target, signal, maySend) {
      const read = (content: string) => ({ verdicts: parseAnswer(content, request, language) });
      const body = writeChat(request, target.model);
      const answer = await complete(body, target, read, signal, maySend);
      // A request that was judged has been read; of any other a part may still be on its way.
      memory.giveBack(body);
      return answer;
    },
    tryOut: (target, signal, maySend) =>
      complete(encode(trialBody(target.model)), target, (text) => ({ text }), signal, maySend),
    async listModels(target, signal) {
      const started = performance.now();
      const listed = await onTheWay(target, signal, listModels(agent, target, { signal, timeoutMs }));
      return { ...listed, latencyMs: performance.now() - started };
    },
    checkKey: (target, signal) => checkKey(agent, target, { signal, timeoutMs }),
    close: () => agent.destroy(),
  };
}
