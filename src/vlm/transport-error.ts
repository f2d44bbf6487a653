import { messageOf } from "../errors.ts";
import { TimedOut } from "./exchange.ts";
import { failureOf, VlmError } from "./failure.ts";

const timeoutCodes = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT"]);

/** A call that had no whole response. */
export function errorOfTransport(
  cause: unknown,
  { host, timeoutMs }: { host: string; timeoutMs: number },
): VlmError {
  const code = codeOf(cause);
  if (cause instanceof TimedOut || timeoutCodes.has(code)) {
    const message = `${host} did not answer within ${timeoutMs / 1000} s`;
    return new VlmError(failureOf("TMON_VLM_TIMEOUT"), message, { cause });
  }
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    const message = `the answer of ${host} is far too long`;
    return new VlmError(failureOf("TMON_VLM_ANSWER_INVALID"), message, { cause });
  }
  const message = `the connection to ${host} failed: ${code || messageOf(cause)}`;
  return new VlmError(failureOf("TMON_VLM_UNREACHABLE"), message, { cause });
}

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].find((value) => typeof value === "string") ?? "";
}
