import { setMaxListeners } from "node:events";
import type { ApiKeyConfig, Config } from "../../config/config.ts";
import { createVlmClient } from "../../vlm/client.ts";
import { VlmError } from "../../vlm/failure.ts";
import type { KeyState } from "../scheduler/keys/key-state.ts";
import { createQuota, type QuotaPort } from "../scheduler/keys/quota.ts";
import { createKeyRegistry } from "../scheduler/keys/registry.ts";
import { showPicture } from "../scheduler/keys/trial.ts";
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

  const show = (state: KeyState) =>
    told("show", state.config, async () => {
      const answer = await showPicture({ client, quota }, state, { patienceMs, signal });
      return answer ? toldOfPicture(state.config, answer) : notAsked(state.config);
    });

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
