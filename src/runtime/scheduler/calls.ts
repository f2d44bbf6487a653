import type { VlmConfig } from "../../config/config.ts";
import type { ResultMetadata } from "../../messages/result.ts";
import type { VlmAnswer, VlmTarget } from "../../vlm/client.ts";
import type { Usage, VlmError } from "../../vlm/failure.ts";
import { costOf } from "../../vlm/price.ts";

/** All calls of one task, as its result's metadata tells them. */
export interface CallRecord {
  /** Its cost, yuan, if known. */
  answered(keyId: string, target: VlmTarget, answer: VlmAnswer): number | undefined;
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
    const cost = costOf(spent, target, model, prices);
    if (cost !== undefined) costYuan = (costYuan ?? 0) + cost;
    // As the last call had it: an answer without a request id is not given another one's.
    last = { llmLatency: Math.round(openMs) / 1000, llmModel: model, apiKeyId: keyId };
    return cost;
  }

  function noteProvider(providerRequestId: string | undefined, simulated: boolean | undefined): void {
    if (providerRequestId) last.providerRequestId = providerRequestId;
    if (simulated) last.simulated = simulated;
  }

  return {
    answered(keyId, target, { usage, model, latencyMs, providerRequestId, simulated }) {
      const cost = add(keyId, target, model, usage, latencyMs);
      noteProvider(providerRequestId, simulated);
      return cost;
    },
    failed(keyId, target, { code, details }, openMs) {
      add(keyId, target, target.model, details.usage, openMs);
      if (details.status === 429 || code === "TMON_VLM_THROTTLED") total.throttledCalls += 1;
      noteProvider(details.providerRequestId, details.simulated);
    },
    metadata() {
      if (total.calls === 0) return {};
      if (costYuan !== undefined) last.costYuan = Math.round(costYuan * 1e9) / 1e9;
      const { calls, throttledCalls } = total;
      const llmOpenMs = Math.round(total.openMs * 10) / 10;
      return Object.assign(last, { retryCount: calls - 1, calls, throttledCalls, llmOpenMs }, usage);
    },
  };
}

/** Of a gateway that gave up waiting: the model may have answered, and be paid for it. */
const unknownCost = new Set([408, 504]);

/** Yuan: an error response costs nothing; of a call without a response nobody knows what it cost. */
export function costOfFailure(
  { details }: VlmError,
  target: VlmTarget,
  prices: VlmConfig["prices"],
): number | undefined {
  const { status } = details;
  if (status !== undefined && status >= 400) return unknownCost.has(status) ? undefined : 0;
  return costOf(details.usage, target, target.model, prices);
}
