import type { ApiKeyConfig } from "../../config/config.ts";
import type { ErrorCode } from "../../errors.ts";
import type { Answered, ModelList } from "../../vlm/client.ts";
import { type Action, failureOf, type VlmError, type VlmErrorCode } from "../../vlm/failure.ts";
import { ForeignAnswer } from "../../vlm/response.ts";
import { describesTrial } from "../../vlm/trial.ts";
import { adviceOn } from "./advice.ts";

/** What is known of a key; null where nothing was learnt. */
export interface KeyReport extends Learnt {
  id: string;
  /** Masked. */
  key: string;
  account: string | null;
  model: string;
  /** A key that works and answers oddly is a warning; one that is configured not to be used is disabled. */
  result: "ok" | "warning" | "failed" | "disabled";
  /** An answer that does not describe the picture does not make a key fail. */
  describesPicture: boolean | null;
  /** Request out to answer read, an error's too. */
  latencyMs: number | null;
  /** What a scheduler makes of a key that goes on answering so. */
  state: "healthy" | "cooling" | "disabled" | null;
  /** The provider answered, whatever it says. */
  answered: boolean;
  simulated: boolean;
  code: ErrorCode | null;
  /** What happened, and what to do. */
  reason: string | null;
  todo: string | null;
}

interface Learnt {
  valid: boolean | null;
  modelReachable: boolean | null;
  answersPictures: boolean | null;
}

function reportOf(
  key: ApiKeyConfig,
  { latencyMs = null, ...known }: Pick<KeyReport, "result"> & Partial<KeyReport>,
): KeyReport {
  const unknown = { state: null, code: null, reason: null, todo: null };
  return {
    id: key.id,
    key: key.key.masked(),
    account: key.account?.id ?? null,
    model: key.model,
    ...{ valid: null, modelReachable: null, answersPictures: null, describesPicture: null },
    ...{ ...unknown, answered: false, simulated: false },
    ...known,
    latencyMs: latencyMs && Math.round(latencyMs),
  };
}

export function notUsed(key: ApiKeyConfig): KeyReport {
  return reportOf(key, {
    result: "disabled",
    state: "disabled",
    reason: "it says enabled: false",
    todo: "nothing, or set enabled: true in api_keys.yaml",
  });
}

/** No call fitted into the windows. */
export function notAsked(key: ApiKeyConfig): KeyReport {
  return reportOf(key, {
    result: "failed",
    code: "TMON_VLM_THROTTLED",
    reason: "it was not asked: its quota has no room within a minute",
    todo: "try again when schedulers have less to do; --cheap lists models only, which needs no quota",
  });
}

export function toldOfPicture(key: ApiKeyConfig, answer: Answered & { text: string }): KeyReport {
  const { latencyMs, simulated, text } = answer;
  const describesPicture = describesTrial(text);
  const known = { ...works, latencyMs, simulated, answersPictures: true, describesPicture };
  if (describesPicture) return reportOf(key, { ...known, result: "ok" });
  return reportOf(key, {
    ...known,
    result: "warning",
    reason: `it was shown a red square, and answered "${text.slice(0, mostShown)}"`,
    todo: "see that the model takes pictures: this one may not have looked",
  });
}

const works = { valid: true, modelReachable: true, answered: true, state: "healthy" } as const;
const mostShown = 100;

export function toldOfModels(key: ApiKeyConfig, { models, latencyMs, simulated }: ModelList): KeyReport {
  // An unpaid or throttled key may list models as well: how it stands is not known.
  const known = { ...works, state: null, latencyMs, simulated };
  if (models?.includes(key.model)) return reportOf(key, { ...known, result: "ok" });
  if (models !== undefined) {
    const { code, todo } = failureOf("TMON_VLM_MODEL_UNKNOWN");
    const reason = `the provider's list does not have the model ${key.model}`;
    return reportOf(key, {
      ...known,
      ...{ result: "failed", state: "disabled", modelReachable: false, code, reason, todo },
    });
  }
  return reportOf(key, {
    ...{ result: "warning", latencyMs, simulated, answered: true },
    reason: "the provider has no list of models: nothing was learnt of the key",
    todo: "verify it without --cheap",
  });
}

/** `openMs`: request out to the failure. */
export function failedTo(what: "show" | "list", key: ApiKeyConfig, error: VlmError, openMs: number) {
  const { failure, details } = error;
  const isForeign = details.cause instanceof ForeignAnswer;
  const answered = details.status !== undefined && !isForeign;
  // Who stands in the provider's place knows nothing good of a key or a model.
  const known = saysOf[failure.code].map((says) => (isForeign && says ? null : says));
  const [valid = null, modelReachable = null, answersPictures = null] = known;
  const state = isForeign && failure.action === "none" ? null : stateAfter[failure.action];
  return reportOf(key, {
    ...{ result: "failed", state, ...adviceOn(error, new URL(key.baseUrl).host) },
    ...{ answered, latencyMs: answered ? openMs : null, simulated: details.simulated ?? false },
    ...(what === "show" ? { valid, modelReachable, answersPictures } : { valid }),
  });
}

const stateAfter: Record<Action, NonNullable<KeyReport["state"]>> = {
  disable: "disabled",
  disable_and_probe: "disabled",
  cool: "cooling",
  back_off: "cooling",
  slow_start: "healthy",
  none: "healthy",
};

/** Whether the key is valid, the model reachable, and a request with a picture answered. */
const saysOf: Record<VlmErrorCode, [boolean | null, boolean | null, boolean | null]> = {
  TMON_VLM_KEY_REJECTED: [false, null, null],
  TMON_VLM_UNPAID: [true, null, null],
  TMON_VLM_FREE_QUOTA: [true, true, null],
  TMON_VLM_THROTTLED: [true, null, null],
  TMON_VLM_ACCESS_DENIED: [true, false, null],
  TMON_VLM_MODEL_UNKNOWN: [true, false, null],
  TMON_VLM_IMAGE_REFUSED: [true, true, false],
  TMON_VLM_REQUEST_REFUSED: [true, true, false],
  TMON_VLM_ANSWER_INVALID: [true, true, false],
  TMON_VLM_SERVER_ERROR: [null, null, false],
  TMON_VLM_TIMEOUT: [null, null, false],
  TMON_VLM_UNREACHABLE: [null, null, false],
};
