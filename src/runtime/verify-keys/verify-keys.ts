import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { ApiKeyConfig, Config } from "../../config/config.ts";
import { createVlmClient } from "../../vlm/client.ts";
import { NotSent } from "../../vlm/exchange.ts";
import { VlmError } from "../../vlm/failure.ts";
import { trialUsage } from "../../vlm/trial.ts";
import type { KeyState } from "../scheduler/keys/key-state.ts";
import { createQuota, type QuotaPort } from "../scheduler/keys/quota.ts";
import { createKeyRegistry } from "../scheduler/keys/registry.ts";
import { failedTo, type KeyReport, notAsked, notUsed, toldOfModels, toldOfPicture } from "./report.ts";

export interface VerifyKeysOptions {
  config: Pick<Config, "keys" | "scheduler" | "vlm">;
  /** Where the limits of keys and accounts are kept. */
  quotas: QuotaPort;
  /** Of one call. */
  timeoutMs: number;
  /** Lists the provider's models instead of showing them a picture. */
  cheap: boolean;
  signal: AbortSignal;
}

/** By then every call of now has left the windows of a minute. */
const patienceMs = 61_000;
/** A reservation not on the wire by then is given back: it waited for a connection, which is there the next time. */
const freshMs = 50;
const mostLate = 5;

/**
 * Asks all enabled keys at once, each as soon as its limits allow: a key that hangs holds up no other.
 *
 *   room in its windows -> shown a picture (cheap: asked for its models) -> what that says of the key
 *
 * Rejects only with the signal's reason, or that of a store that fails.
 */
export async function verifyKeys(options: VerifyKeysOptions): Promise<KeyReport[]> {
  const { config, quotas, timeoutMs, cheap, signal } = options;
  setMaxListeners(0, signal);
  const client = createVlmClient({ ...config.vlm, timeoutMs });
  const quota = createQuota(quotas, { ...config.scheduler, timeoutMs });
  const states = createKeyRegistry(config.keys, config.scheduler).keys();

  async function reserve(state: KeyState) {
    const { promptTokens, completionTokens } = trialUsage(state.config.model);
    const until = performance.now() + patienceMs;
    for (;;) {
      const at = performance.now();
      const reservation = await quota.reserve(state, promptTokens + completionTokens, at);
      if (reservation.granted) return { ...reservation, at };
      if (at + reservation.retryAfterMs > until) return undefined;
      await delay(Math.max(1, reservation.retryAfterMs), undefined, { signal });
    }
  }

  async function show(state: KeyState, late = 0): Promise<KeyReport> {
    const reservation = await reserve(state);
    if (!reservation) return notAsked(state.config);
    const { counted, at } = reservation;
    const maySend = () => !counted || late >= mostLate || performance.now() - at <= freshMs;
    let settle = () => reservation.end(undefined);
    try {
      return await told("show", state.config, async () => {
        const answer = await client.tryOut(state.config, signal, maySend);
        const used = answer.usage && answer.usage.promptTokens + answer.usage.completionTokens;
        settle = () => reservation.end(used);
        return toldOfPicture(state.config, answer);
      });
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      settle = reservation.giveBack;
    } finally {
      await settle().catch(() => {});
    }
    return show(state, late + 1);
  }

  const list = (key: ApiKeyConfig) =>
    told("list", key, async () => toldOfModels(key, await client.listModels(key, signal)));

  function verify(key: ApiKeyConfig): KeyReport | Promise<KeyReport> {
    const state = states.find(({ config }) => config === key);
    if (!state) return notUsed(key);
    return cheap ? list(key) : show(state);
  }

  try {
    return await Promise.all(config.keys.map(verify));
  } finally {
    await client.close();
  }
}

async function told(what: "show" | "list", key: ApiKeyConfig, ask: () => Promise<KeyReport>) {
  const started = performance.now();
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof VlmError)) throw error;
    return failedTo(what, key, error, performance.now() - started);
  }
}
