import { type ErrorCode, TmonError } from "../errors.ts";

/** What a failed call speaks against. */
export type Blame = "key" | "group" | "account" | "model" | "network" | "task" | "answer";

/**
 * What becomes of the blamed: disabled for good, disabled and probed again, cooled down, started again
 * slowly, backed off after several failures in a row, or (the task's own fault) nothing.
 */
export type Action = "disable" | "disable_and_probe" | "cool" | "slow_start" | "back_off" | "none";

/** elsewhere: outside of what is blamed, where there is such a place; once: one more answer is asked for. */
export type Retry = "elsewhere" | "anywhere" | "once" | "never";

export type VlmErrorCode = Extract<ErrorCode, `TMON_VLM_${string}`>;

export interface Failure {
  readonly code: VlmErrorCode;
  readonly blame: Blame;
  readonly action: Action;
  readonly retry: Retry;
  readonly todo: string;
}

interface FailureRow extends Failure {
  readonly message?: RegExp;
  /** The provider's error codes, in lower case. */
  readonly codes?: readonly string[];
  readonly status?: RegExp;
}

/**
 * Whom an error blames. A response is matched by message in all rows, then by code, then by status; the
 * rows that name none of these are for what goes wrong without a response that says so.
 * Source: DashScope's error codes, and what its messages were seen to say.
 */
const failureTable: readonly FailureRow[] = [
  {
    // "Access denied, please make sure your account is in good standing": unpaid, not forbidden.
    message: /good standing|overdue/i,
    codes: ["arrearage", "prepaidbilloverdue", "postpaidbilloverdue", "commoditynotpurchased"],
    code: "TMON_VLM_UNPAID",
    blame: "account",
    action: "disable_and_probe",
    retry: "elsewhere",
    todo: "pay the provider's bill; the account is probed every 10 minutes",
  },
  {
    message: /free allocated quota exceeded|free tier/i,
    codes: ["allocationquota.freetieronly"],
    code: "TMON_VLM_FREE_QUOTA",
    blame: "group",
    action: "disable_and_probe",
    retry: "elsewhere",
    todo: "switch off the provider's free-tier-only mode, or use another account",
  },
  {
    message: /incorrect api key|invalid api-?key/i,
    codes: ["invalid_api_key", "invalidapikey"],
    status: /^401$/,
    code: "TMON_VLM_KEY_REJECTED",
    blame: "key",
    action: "disable",
    retry: "elsewhere",
    todo: "put a valid key into api_keys.yaml or DASHSCOPE_API_KEYS, and check the key's base URL",
  },
  {
    message: /rate increased too quickly|burst rate/i,
    codes: ["limit_burst_rate", "throttling.burstrate"],
    code: "TMON_VLM_THROTTLED",
    blame: "group",
    action: "slow_start",
    retry: "elsewhere",
    todo: "nothing: tmon starts this key's calls again slowly",
  },
  {
    message: /allocated quota exceeded|exceeded your current quota/i,
    codes: ["insufficient_quota", "throttling.allocationquota"],
    code: "TMON_VLM_THROTTLED",
    blame: "group",
    action: "cool",
    retry: "elsewhere",
    todo: "the token quota passes within a minute; if it happens often, ask the provider for more",
  },
  {
    codes: ["limit_requests", "throttling.ratequota", "throttling", "rate_limit_exceeded"],
    status: /^429$/,
    code: "TMON_VLM_THROTTLED",
    blame: "group",
    action: "cool",
    retry: "elsewhere",
    todo: "lower qps_limit and rpm_limit in api_keys.yaml to what the account has, or add keys",
  },
  {
    message: /inappropriate content|datainspectionfailed/i,
    codes: ["data_inspection_failed", "datainspectionfailed"],
    code: "TMON_VLM_IMAGE_REFUSED",
    blame: "task",
    action: "none",
    retry: "never",
    todo: "look at the camera's picture; the key is not to blame",
  },
  {
    codes: ["model_not_found", "modelnotfound"],
    status: /^404$/,
    code: "TMON_VLM_MODEL_UNKNOWN",
    blame: "model",
    action: "disable",
    retry: "elsewhere",
    todo: "check the model's name and the base URL in tmon.yaml",
  },
  {
    message: /access denied|accessdenied/i,
    codes: ["accessdenied", "access_denied", "model.accessdenied"],
    status: /^403$/,
    code: "TMON_VLM_ACCESS_DENIED",
    blame: "key",
    action: "disable",
    retry: "elsewhere",
    todo: "give the key access to the model in the provider's console",
  },
  {
    codes: ["modelservingerror", "internalerror", "internal_error"],
    status: /^5\d\d$/,
    code: "TMON_VLM_SERVER_ERROR",
    blame: "model",
    action: "back_off",
    retry: "anywhere",
    todo: "nothing: tmon backs off; if it lasts, see the provider's status page",
  },
  {
    status: /^408$/,
    code: "TMON_VLM_TIMEOUT",
    blame: "network",
    action: "back_off",
    retry: "elsewhere",
    todo: "check the network to the provider, or raise scheduler.timeout_seconds",
  },
  {
    code: "TMON_VLM_UNREACHABLE",
    blame: "network",
    action: "back_off",
    retry: "elsewhere",
    todo: "check the base URL and the network to the provider",
  },
  {
    code: "TMON_VLM_ANSWER_INVALID",
    blame: "answer",
    action: "none",
    retry: "once",
    todo: "if it happens often, try another model or raise vlm.max_tokens",
  },
  {
    status: /./,
    code: "TMON_VLM_REQUEST_REFUSED",
    blame: "task",
    action: "none",
    retry: "never",
    todo: "check the base URL and the model's limits on pictures",
  },
];

/** What a provider's response other than 2xx says; all fields as they came. */
export interface ErrorResponse {
  status: number;
  message: string;
  /** `error.code` and `error.type`: providers use either. */
  codes: readonly string[];
}

export function classify({ status, message, codes }: ErrorResponse): Failure {
  const lowerCase = codes.map((code) => code.toLowerCase());
  return (
    failureTable.find((row) => row.message?.test(message)) ??
    failureTable.find((row) => row.codes?.some((code) => lowerCase.includes(code))) ??
    failureTable.find((row) => row.status?.test(String(status))) ??
    failureOf("TMON_VLM_REQUEST_REFUSED")
  );
}

/** What goes wrong without an error response. */
export function failureOf(code: VlmErrorCode): Failure {
  return failureTable.find((row) => row.code === code) as FailureRow;
}

/** Tokens as the provider counts them. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

export interface VlmErrorDetails {
  /** HTTP status; undefined when there was no response. */
  status?: number | undefined;
  retryAfterMs?: number | undefined;
  /** An invalid answer costs what a valid one does. */
  usage?: Usage | undefined;
  providerRequestId?: string | undefined;
  simulated?: boolean | undefined;
  cause?: unknown;
}

/** A call that gave no verdict, with what it means for key, model and task. */
export class VlmError extends TmonError {
  readonly failure: Failure;
  readonly details: VlmErrorDetails;

  constructor(failure: Failure, message: string, details: VlmErrorDetails = {}) {
    super(failure.code, message, failure.todo, { cause: details.cause });
    this.name = "VlmError";
    this.failure = failure;
    this.details = details;
  }
}
