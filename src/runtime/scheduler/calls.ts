import type { VlmConfig } from "../../config/config.ts";
import type { ResultMetadata } from "../../messages/result.ts";
import type { VlmAnswer, VlmTarget } from "../../vlm/client.ts";
import type { Usage, VlmError } from "../../vlm/failure.ts";
import { isLoopback } from "../../vlm/loopback.ts";

/** All calls of one task, as its result's metadata tells them. */
export interface CallRecord {
  answered(keyId: string, target: VlmTarget, answer: VlmAnswer): void;
  failed(keyId: string, target: VlmTarget, error: VlmError, openMs: number): void;
  metadata(): ResultMetadata;
}

export function createCallRecord(prices: VlmConfig["prices"]): CallRecord {
  const total = { calls: 0, throttledCalls: 0, openMs: 0 };
  let usage: Usage | undefined;
  let costYuan: number | undefined;
  let last: ResultMetadata = {};

  function add(keyId: string, target: VlmTarget, model: string, spent: Usage | undefined, openMs: number) {
    total.calls += 1;
    total.openMs += openMs;
    if (spent) {
      usage = {
        promptTokens: (usage?.promptTokens ?? 0) + spent.promptTokens,
        completionTokens: (usage?.completionTokens ?? 0) + spent.completionTokens,
      };
    }
    const cost = isLoopback(target.baseUrl) ? 0 : costOf(spent, prices[model] ?? prices[target.model]);
    if (cost !== undefined) costYuan = (costYuan ?? 0) + cost;
    last = { llmLatency: Math.round(openMs) / 1000, llmModel: model, apiKeyId: keyId };
  }

  function noteProvider(providerRequestId: string | undefined, simulated: boolean | undefined): void {
    if (providerRequestId) last = { ...last, providerRequestId };
    if (simulated) last = { ...last, simulated };
  }

  return {
    answered(keyId, target, { usage, model, latencyMs, providerRequestId, simulated }) {
      add(keyId, target, model, usage, latencyMs);
      noteProvider(providerRequestId, simulated);
    },
    failed(keyId, target, { code, details }, openMs) {
      add(keyId, target, target.model, details.usage, openMs);
      if (details.status === 429 || code === "TMON_VLM_THROTTLED") total.throttledCalls += 1;
      noteProvider(details.providerRequestId, details.simulated);
    },
    metadata() {
      if (total.calls === 0) return {};
      return {
        ...last,
        retryCount: total.calls - 1,
        calls: total.calls,
        throttledCalls: total.throttledCalls,
        llmOpenMs: Math.round(total.openMs * 10) / 10,
        ...usage,
        ...(costYuan === undefined ? {} : { costYuan: Math.round(costYuan * 1e9) / 1e9 }),
      };
    },
  };
}

/** Yuan; prices are per 1,000 tokens. */
function costOf(
  usage: Usage | undefined,
  price: VlmConfig["prices"][string] | undefined,
): number | undefined {
  if (!usage || !price) return undefined;
  return (usage.promptTokens * price.input + usage.completionTokens * price.output) / 1000;
}
