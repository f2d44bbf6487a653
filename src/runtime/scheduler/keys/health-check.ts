import type { Logger } from "pino";
import { abortAfter } from "../../../abort-after.ts";
import type { SchedulerConfig } from "../../../config/config.ts";
import { type ErrorCode, messageOf } from "../../../errors.ts";
import type { VlmClient } from "../../../vlm/client.ts";
import { VlmError } from "../../../vlm/failure.ts";
import type { KeyState } from "./key-state.ts";
import type { KeyPool } from "./pool.ts";
import { showPicture, type TrialParts } from "./trial.ts";

export interface HealthCheckOptions extends TrialParts {
  pool: KeyPool;
  client: Pick<VlmClient, "checkKey" | "tryOut">;
  config: SchedulerConfig["healthCheck"];
  log: Logger;
  signal: AbortSignal;
  /** How often a key is tried out that may not use its model: somebody may have opened it meanwhile. */
  tryOutEveryMs?: number;
}

/** What a provider that takes the key does not refute. */
const ofModel: readonly (ErrorCode | undefined)[] = ["TMON_VLM_ACCESS_DENIED", "TMON_VLM_MODEL_UNKNOWN"];

/**
 * Asks every interval for each key that made no call meanwhile, disabled ones too, whether the provider takes
 * it; where its model is not open to it that costs nothing and says nothing, so now and then a call is made. What says
 * nothing about the key (no answer, an error of the provider) changes nothing. Ends with the signal.
 */
export function startHealthCheck(options: HealthCheckOptions): void {
  const { pool, client, config, log, signal, tryOutEveryMs = 600_000 } = options;
  const callsBefore = new WeakMap<KeyState, number>();
  const triedAt = new WeakMap<KeyState, number>();

  async function check(key: KeyState): Promise<void> {
    const { state, code } = pool.healthOf(key);
    const isOfModel = state === "disabled" && ofModel.includes(code);
    if (!isOfModel) triedAt.delete(key);
    else if (!isDue(key)) return;
    const keyId = key.config.id;
    const startedAt = performance.now();
    const inTime = AbortSignal.any([signal, abortAfter(config.timeoutMs)]);
    try {
      const answers = isOfModel ? await tryOut(key, inTime) : await client.checkKey(key.config, inTime);
      log.debug({ keyId, answers }, "API key checked");
      if (answers) pool.answers(key, startedAt, isOfModel ? "call" : "key");
    } catch (error) {
      if (error instanceof VlmError) pool.refused(key, error, startedAt);
      else log.debug({ keyId, error: messageOf(error) }, "an API key could not be checked");
    }
  }

  /** Not at once: a call has just been refused. */
  function isDue(key: KeyState): boolean {
    const now = performance.now();
    const isFirst = !triedAt.has(key);
    if (!isFirst && now - triedAt.get(key)! < tryOutEveryMs) return false;
    triedAt.set(key, now);
    return !isFirst;
  }

  async function tryOut(key: KeyState, inTime: AbortSignal): Promise<boolean> {
    const answer = await showPicture(options, key, { patienceMs: 0, signal: inTime });
    // Its windows are full: the next time.
    if (!answer) triedAt.set(key, Number.NEGATIVE_INFINITY);
    return answer !== undefined;
  }

  function tick(): void {
    for (const key of pool.keys()) {
      const { calls } = key.totals;
      const isIdle = calls === callsBefore.get(key) && key.inFlight() === 0;
      callsBefore.set(key, calls);
      if (isIdle) void check(key);
    }
  }

  for (const key of pool.keys()) callsBefore.set(key, key.totals.calls);
  const timer = setInterval(tick, config.intervalMs);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
