import { Agent } from "undici";
import type { Secret } from "../config/secret.ts";
import type { Verdict } from "../messages/result.ts";
import { parseAnswer, UnusableAnswer } from "./answer.ts";
import { exchange, NotSent } from "./exchange.ts";
import { failureOf, type Usage, VlmError } from "./failure.ts";
import { checkKey } from "./key-check.ts";
import { type AssessRequest, chatBody, type PromptConfig } from "./prompt.ts";
import { errorOfResponse, type HttpResponse, isSimulated, readCompletion, requestIdOf } from "./response.ts";
import { errorOfTransport } from "./transport-error.ts";

/** Where a call goes. */
export interface VlmTarget {
  /** Up to and without /chat/completions. */
  readonly baseUrl: string;
  readonly key: Secret;
  readonly model: string;
}

export interface VlmAnswer {
  /** Empty when the model said "none" without a verdict of its own. */
  verdicts: Verdict[];
  usage: Usage | undefined;
  providerRequestId: string | undefined;
  /** The model as the provider names it. */
  model: string;
  /** A simulated provider answered. */
  simulated: boolean;
  /** Request out to answer read, ms. */
  latencyMs: number;
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

  async function post(
    url: URL,
    target: VlmTarget,
    body: string,
    signal: AbortSignal,
    maySend: () => boolean,
  ) {
    const deadline = deadlineOf(timeoutMs, signal);
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${target.key.reveal()}`,
    };
    try {
      return await exchange(agent, { url, headers, body, signal: deadline.signal, maySend });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NotSent && !deadline.signal.aborted) throw error;
      throw errorOfTransport(error, { host: url.host, timedOut: deadline.signal.aborted, timeoutMs });
    } finally {
      deadline.clear();
    }
  }

  function readAnswer(response: HttpResponse, request: AssessRequest, target: VlmTarget) {
    const common = { providerRequestId: requestIdOf(response), simulated: isSimulated(response) };
    let usage: Usage | undefined;
    try {
      const completion = readCompletion(response.text);
      if (completion.isError) throw errorOfResponse(response, target.key);
      usage = completion.usage;
      const verdicts = parseAnswer(completion.content ?? "", request, language);
      return { ...common, verdicts, usage, model: completion.model ?? target.model };
    } catch (error) {
      if (!(error instanceof UnusableAnswer)) throw error;
      const message = `the model's answer cannot be used: ${error.message}`;
      const details = { ...common, status: response.status, usage, cause: error };
      throw new VlmError(failureOf("TMON_VLM_ANSWER_INVALID"), message, details);
    }
  }

  return {
    async assess(request, target, signal, maySend = () => true) {
      signal.throwIfAborted();
      const url = new URL(`${target.baseUrl.replace(/\/+$/, "")}/chat/completions`);
      const body = JSON.stringify(chatBody(request, target.model, config));
      const started = performance.now();
      const response = await post(url, target, body, signal, maySend);
      const latencyMs = performance.now() - started;
      if (response.status < 200 || response.status > 299) throw errorOfResponse(response, target.key);
      return { ...readAnswer(response, request, target), latencyMs };
    },
    checkKey: (target, signal) => checkKey(agent, target, signal),
    close: () => agent.destroy(),
  };
}

/** Aborts with the signal, or when the time is over. */
function deadlineOf(timeoutMs: number, signal: AbortSignal) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  signal.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    },
  };
}
