import { randomUUID } from "node:crypto";
import { riskTypeNames } from "../../vlm/risk-types.ts";
import { textTokens } from "../../vlm/tokens.ts";
import { hashOf, seededRandom } from "../random.ts";
import { describe, judge } from "./judge.ts";
import type { ChatRequest } from "./request.ts";
import type { SimulatedResponse } from "./response.ts";

interface Answer {
  content: string;
  tokens: number;
  finishReason: "stop" | "length";
}

const answer = (content: string, finishReason: Answer["finishReason"] = "stop"): Answer => ({
  content,
  tokens: textTokens(content),
  finishReason,
});

/** What may be wrong with an answer of status 200. */
const spoilt = {
  /** The model had no more tokens. */
  truncated: ({ content }: Answer) => answer(halfOf(content), "length"),
  partial: ({ content }: Answer) => answer(JSON.stringify({ ...JSON.parse(content), confidence: undefined })),
  /** It does not say what is in the picture. */
  blind: () => answer("I am sorry, I cannot see a picture."),
};
export type SpoiltName = keyof typeof spoilt | "broken_json";
export const spoiltNames = [...Object.keys(spoilt), "broken_json"] as SpoiltName[];

/** Answers as DashScope's compatible mode gives them; the same seed judges alike. */
export function createCompleter(seed: number) {
  // By the objects: a request that is remembered has the very same ones.
  const verdicts = new WeakMap<ChatRequest["objects"], Answer>();

  function goodAnswer(request: ChatRequest): Answer {
    if (request.description !== undefined) return answer(request.description);
    const good = verdicts.get(request.objects) ?? answer(verdict(request, seed));
    verdicts.set(request.objects, good);
    return good;
  }

  return function complete(request: ChatRequest, fault: SpoiltName | undefined): SimulatedResponse {
    const good = goodAnswer(request);
    const given = fault && fault !== "broken_json" ? spoilt[fault](good) : good;
    const { content, tokens, finishReason } = given;
    const usage = { promptTokens: request.promptTokens, completionTokens: tokens };
    const body = JSON.stringify({
      id: `chatcmpl-${randomUUID()}`,
      object: "chat.completion",
      created: Math.floor(Date.now() / 1000),
      model: request.model,
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finishReason }],
      usage: {
        prompt_tokens: usage.promptTokens,
        completion_tokens: usage.completionTokens,
        total_tokens: usage.promptTokens + usage.completionTokens,
      },
    });
    return { status: 200, body: fault === "broken_json" ? halfOf(body) : body, usage };
  };
}

function verdict({ objects, language }: ChatRequest, seed: number): string {
  const chance = seededRandom(seed ^ hashOf(JSON.stringify(objects)))();
  const judgement = judge(objects, chance);
  const { riskLevel, confidence, type, objectIds } = judgement;
  return JSON.stringify({
    riskLevel,
    confidence,
    riskTypeCodes: type ? [type] : [],
    riskTypes: type ? [riskTypeNames[type][language]] : [],
    description: describe(judgement, language),
    dangerObjectCount: objectIds.length,
    triggerObjectIds: objectIds,
  });
}

export function halfOf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

export function models(): SimulatedResponse {
  const ids = ["qwen3-vl-plus", "qwen3-vl-flash", "qwen-vl-plus", "qwen-vl-max"];
  const data = ids.map((id) => ({ id, object: "model", owned_by: "simulated" }));
  return { status: 200, body: JSON.stringify({ object: "list", data }) };
}
