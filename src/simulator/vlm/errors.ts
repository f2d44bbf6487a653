import { randomUUID } from "node:crypto";
import type { SimulatedResponse } from "./response.ts";

interface ErrorRow {
  status: number;
  message: string;
  /** The row's name unless given. */
  code?: string;
  /** The code unless given. */
  type?: string;
  /** A gateway before the provider says it, in HTML. */
  gateway?: true;
}

const invalidRequest = "invalid_request_error";

/**
 * Said before the request is looked at: of the key, its account, its quota. At once, and nothing is counted.
 * All words are DashScope's. Source: its list of error codes, help.aliyun.com/zh/model-studio/error-code.
 */
export const refusals = {
  invalid_api_key: { status: 401, message: "Incorrect API key provided. ", type: invalidRequest },
  Arrearage: {
    status: 400,
    message: "Access denied, please make sure your account is in good standing.",
  },
  PrepaidBillOverdue: { status: 429, message: "The prepaid bill is overdue." },
  PostpaidBillOverdue: { status: 429, message: "The postpaid bill is overdue." },
  CommodityNotPurchased: { status: 429, message: "Commodity has not purchased yet." },
  "AllocationQuota.FreeTierOnly": {
    status: 403,
    message:
      'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode in the management console.',
  },
  free_quota_exceeded: { status: 429, message: "Free allocated quota exceeded.", code: "insufficient_quota" },
  limit_requests: { status: 429, message: "You exceeded your current requests list." },
  "Throttling.RateQuota": {
    status: 429,
    message: "Requests rate limit exceeded, please try again later.",
  },
  insufficient_quota: {
    status: 429,
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
  "Throttling.AllocationQuota": {
    status: 429,
    message: "Allocated quota exceeded, please increase your quota limit.",
  },
  limit_burst_rate: {
    status: 429,
    message:
      "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.",
  },
  "Throttling.BurstRate": {
    status: 429,
    message:
      "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.",
  },
  Throttling: { status: 429, message: "Requests throttling triggered." },
  unknown_429: { status: 429, message: "Please slow down.", code: "slow_down" },
  access_denied: { status: 403, message: "Access denied." },
  "Model.AccessDenied": { status: 403, message: "Model access denied." },
  model_not_found: {
    status: 404,
    message: "The model does not exist or you do not have access to it.",
    type: invalidRequest,
  },
} satisfies Record<string, ErrorRow>;

/** What becomes of a request that was taken: it came in, counts, and fails in its time. */
export const failures = {
  data_inspection_failed: { status: 400, message: "Input data may contain inappropriate content." },
  invalid_parameter_error: {
    status: 400,
    message: "Required parameter(s) missing or invalid, please check the request parameters.",
    type: invalidRequest,
  },
  request_too_large: { status: 413, message: "The request body is over 10 MB.", type: invalidRequest },
  internal_error: {
    status: 500,
    message: "An internal error has occured, please try again later or contact service support.",
  },
  ModelServingError: {
    status: 503,
    message:
      "Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.",
  },
  bad_gateway: { status: 502, message: "Bad Gateway", gateway: true },
  gateway_timeout: { status: 504, message: "Gateway Time-out", gateway: true },
  unknown_5xx: { status: 520, message: "Something went wrong." },
} satisfies Record<string, ErrorRow>;

const addressErrors = {
  not_found: { status: 404, message: "There is nothing at this address.", type: invalidRequest },
  method_not_allowed: { status: 405, message: "Only POST is answered here.", type: invalidRequest },
} satisfies Record<string, ErrorRow>;

const rows: Readonly<Record<ErrorName, ErrorRow>> = { ...refusals, ...failures, ...addressErrors };

export type RefusalName = keyof typeof refusals;
export type FailureName = keyof typeof failures;
export type ErrorName = RefusalName | FailureName | keyof typeof addressErrors;

/** `said`: in words of its own. */
export function errorResponse(name: ErrorName, said?: string): SimulatedResponse {
  const { status, message, code = name, type = code, gateway } = rows[name];
  if (gateway)
    return {
      status,
      body: `<html><body><h1>${status} ${message}</h1></body></html>`,
      contentType: "text/html",
    };
  const error = { message: said ?? message, type, param: null, code };
  return { status, body: JSON.stringify({ error, request_id: randomUUID() }) };
}
