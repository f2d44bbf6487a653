import type { IncomingMessage, ServerResponse } from "node:http";
import { type Client, createClients, type SimulatedVlmStats } from "./clients.ts";
import { completion, models } from "./completion.ts";
import { deliver, readBody } from "./delivery.ts";
import { errorResponse } from "./errors.ts";
import { type FaultName, isBrokenDelivery, isFailure, isRefusal, isSpoilt } from "./faults.ts";
import type { Limiter } from "./limiter.ts";
import type { FaultOptions, SimulatedVlmOptions } from "./options.ts";
import { type ChatRequest, readRequest } from "./request.ts";
import type { Delivery, SimulatedResponse } from "./response.ts";

export interface SimulatedProvider {
  chat(request: IncomingMessage, response: ServerResponse): Promise<void>;
  listModels(request: IncomingMessage, response: ServerResponse): void;
  stats(): SimulatedVlmStats;
}

interface Reply {
  response: SimulatedResponse;
  /** What it asked for, as far as limits go; nothing where it was not looked at. */
  tokens?: number;
  afterMs?: number;
  delivery?: Delivery;
  overMs?: number | undefined;
  /** Where it is open. */
  limiters?: readonly Limiter[];
}

export function createProvider(options: SimulatedVlmOptions): SimulatedProvider {
  const { seed = 1 } = options;
  const clients = createClients(options);
  const start = performance.now();

  /** A request's whole way: counted, refused or taken, struck by a fault or judged, kept waiting, answered. */
  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const client = clientOf(request);
    const counters = client?.counters ?? [clients.all];
    for (const counter of counters) counter.arrived();
    let taken: readonly Limiter[] = [];
    response.once("close", () => {
      for (const ended of [...counters, ...taken]) ended.ended();
    });

    const body = await readBody(request);
    const now = performance.now();
    const reply = replyTo(client, request.method, body, now);
    const { tokens = 0, afterMs = 0, limiters = [] } = reply;
    for (const counter of counters) counter.asked(tokens, now);
    for (const limiter of limiters) limiter.take(tokens, now);
    taken = limiters;

    if (afterMs > 0) await passed(afterMs, response);
    const { status, usage } = reply.response;
    if (!deliver(response, reply.response, reply.delivery, reply.overMs)) return;
    for (const counter of counters) counter.answered(status, usage);
  }

  function replyTo(
    client: Client | undefined,
    method: string | undefined,
    body: Buffer | undefined,
    now: number,
  ): Reply {
    if (method !== "POST") return { response: errorResponse("method_not_allowed") };
    if (!client) return { response: errorResponse("invalid_api_key") };
    const { fault, latencyMs } = client.next(now - start);
    if (fault && isRefusal(fault.fault)) return { response: errorResponse(fault.fault) };
    if (!body) return { response: errorResponse("request_too_large") };
    const request = readRequest(body);
    if (!request) return { response: errorResponse("invalid_parameter_error") };

    const outcome = outcomeOf(request, fault);
    const limiters = client.limiters(request.model);
    for (const limiter of limiters) {
      const throttle = limiter.refusal(outcome.tokens, now);
      if (throttle) return { response: errorResponse(throttle), tokens: outcome.tokens };
    }
    return { ...outcome, afterMs: latencyMs, limiters };
  }

  function outcomeOf(request: ChatRequest, struck: FaultOptions | undefined): Reply & { tokens: number } {
    const { fault, overMs } = struck ?? {};
    const failure = failureOf(request, fault);
    // As a provider that takes no chances: only what it blames the request for costs no tokens.
    if (failure) return { response: failure, tokens: failure.status < 500 ? 0 : request.promptTokens };
    const broken = fault && isBrokenDelivery(fault);
    const response = completion(request, seed, fault && isSpoilt(fault) ? fault : undefined);
    const { promptTokens = 0, completionTokens = 0 } = response.usage ?? {};
    const tokens = promptTokens + completionTokens;
    return { response, tokens, overMs, delivery: broken ? fault : "whole" };
  }

  /** Costs nothing and is not limited, so that a key can be tried by it. */
  function listModels(request: IncomingMessage, response: ServerResponse): void {
    const client = clientOf(request);
    const fault = client?.standing(performance.now() - start)?.fault;
    if (!client || fault === "invalid_api_key") deliver(response, errorResponse("invalid_api_key"));
    else deliver(response, models(), fault === "hang" || fault === "reset" ? fault : "whole");
  }

  function clientOf({ headers }: IncomingMessage): Client | undefined {
    const key = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1];
    return key === undefined ? undefined : clients.find(key);
  }

  return { chat, listModels, stats: clients.stats };
}

function failureOf(request: ChatRequest, fault: FaultName | undefined): SimulatedResponse | undefined {
  if (request.unfit) return errorResponse("invalid_parameter_error", request.unfit);
  return fault && isFailure(fault) ? errorResponse(fault) : undefined;
}

/** Never, if who waits for the response goes away. */
function passed(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => clearTimeout(timer));
  });
}
