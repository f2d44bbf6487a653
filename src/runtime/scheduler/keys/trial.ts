import { setTimeout as delay } from "node:timers/promises";
import type { Answered, VlmClient } from "../../../vlm/client.ts";
import { NotSent } from "../../../vlm/exchange.ts";
import { trialUsage } from "../../../vlm/trial.ts";
import type { KeyState } from "./key-state.ts";
import { mostLate, promptMs } from "./lease.ts";
import type { Quota } from "./quota.ts";

export interface TrialParts {
  client: Pick<VlmClient, "tryOut">;
  quota: Quota;
}

/**
 * Shows the key's model the picture of vlm/trial.ts as soon as the key's windows have room; undefined where they have
 * none for so long.
 * @throws VlmError; what the store throws; the signal's reason
 */
export async function showPicture(
  { client, quota }: TrialParts,
  key: KeyState,
  { patienceMs, signal }: { patienceMs: number; signal: AbortSignal },
): Promise<(Answered & { text: string }) | undefined> {
  const { promptTokens, completionTokens } = trialUsage(key.config.model);
  const until = performance.now() + patienceMs;
  for (let late = 0; ; ) {
    const at = performance.now();
    const reservation = await quota.reserve(key, promptTokens + completionTokens, at);
    if (!reservation.granted) {
      if (at + reservation.retryAfterMs > until) return undefined;
      await delay(Math.max(1, reservation.retryAfterMs), undefined, { signal });
      continue;
    }
    const maySend = () => {
      const waitedMs = performance.now() - at;
      if (waitedMs > reservation.freshMs && late < mostLate) return false;
      if (reservation.counted && waitedMs > promptMs) void reservation.countFromNow().catch(() => {});
      return true;
    };
    let settle = () => reservation.end(undefined);
    try {
      const answer = await client.tryOut(key.config, signal, maySend);
      const used = answer.usage && answer.usage.promptTokens + answer.usage.completionTokens;
      settle = () => reservation.end(used);
      return answer;
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      settle = reservation.giveBack;
      late += 1;
    } finally {
      await settle().catch(() => {});
    }
  }
}
