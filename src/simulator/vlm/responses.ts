import { randomUUID } from "node:crypto";
import { riskTypeNames } from "../../vlm/risk-types.ts";
import { textTokens } from "../../vlm/tokens.ts";
import { describe, judge } from "./judge.ts";
import { hashOf, seededRandom } from "./random.ts";
import type { ChatRequest } from "./request.ts";

export interface SimulatedResponse {
  status: number;
  body: object;
}

/** A completion as DashScope's compatible mode gives it. */
export function completion(request: ChatRequest, seed: number): SimulatedResponse {
  const { model, objects, language, promptTokens } = request;
  const chance = seededRandom(seed ^ hashOf(JSON.stringify(objects)))();
  const judgement = judge(objects, chance);
  const { riskLevel, confidence, type, objectIds } = judgement;
  const content = JSON.stringify({
    riskLevel,
    confidence,
    riskTypeCodes: type ? [type] : [],
    riskTypes: type ? [riskTypeNames[type][language]] : [],
    description: describe(judgement, language),
    dangerObjectCount: objectIds.length,
    triggerObjectIds: objectIds,
  });
  const completionTokens = textTokens(content);
  const body = {
    id: `chatcmpl-${randomUUID()}`,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
  return { status: 200, body };
}

export function models(): SimulatedResponse {
  const ids = ["qwen3-vl-plus", "qwen3-vl-flash", "qwen-vl-plus", "qwen-vl-max"];
  return {
    status: 200,
    body: { object: "list", data: ids.map((id) => ({ id, object: "model", owned_by: "simulated" })) },
  };
}

/** DashScope's errors, word for word where tmon tells them apart. */
export const refusals = {
  unauthorized: refusal(401, "invalid_api_key", "Incorrect API key provided."),
  badRequest: refusal(400, "invalid_parameter_error", "The request body is not a chat completion."),
  notFound: refusal(404, "not_found", "There is nothing at this address."),
  methodNotAllowed: refusal(405, "method_not_allowed", "Only POST is answered here."),
  tooLarge: refusal(413, "request_too_large", "The request body is over 10 MB."),
  serverError: refusal(500, "ModelServingError", "The model's server failed. Please try again."),
};

function refusal(status: number, code: string, message: string): () => SimulatedResponse {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  return () => ({ status, body: { error: { message, type, param: null, code }, request_id: randomUUID() } });
}
