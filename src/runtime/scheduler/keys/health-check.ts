import type { Logger } from "pino";
import { abortAfter } from "../../../abort-after.ts";
import type { SchedulerConfig } from "../../../config/config.ts";
import { messageOf } from "../../../errors.ts";
import type { VlmClient } from "../../../vlm/client.ts";
import { VlmError } from "../../../vlm/failure.ts";
import type { KeyState } from "./key-state.ts";
import type { KeyPool } from "./pool.ts";

export interface HealthCheckOptions {
  pool: KeyPool;
  client: Pick<VlmClient, "checkKey">;
  config: SchedulerConfig["healthCheck"];
  log: Logger;
  signal: AbortSignal;
}

/**
 * Asks every interval for each key that made no call meanwhile, disabled ones too, whether the provider takes
 * it. What says nothing about the key (no answer, an error of the provider) changes nothing. Ends with the signal.
 */
export function startHealthCheck({ pool, client, config, log, signal }: HealthCheckOptions): void {
  const callsBefore = new WeakMap<KeyState, number>();

  async function check(key: KeyState): Promise<void> {
    const keyId = key.config.id;
    const startedAt = performance.now();
    const inTime = AbortSignal.any([signal, abortAfter(config.timeoutMs)]);
    try {
      const answers = await client.checkKey(key.config, inTime);
      log.debug({ keyId, answers }, "API key checked");
      if (answers) pool.answers(key, startedAt);
    } catch (error) {
      if (error instanceof VlmError) pool.refused(key, error, startedAt);
      else log.debug({ keyId, error: messageOf(error) }, "an API key could not be checked");
    }
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
