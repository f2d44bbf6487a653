import type { ErrorCode } from "../../errors.ts";
import { tlsFailure } from "../../tls/failure.ts";
import type { VlmError } from "../../vlm/failure.ts";
import { isDoubtful } from "../../vlm/response.ts";

export interface Advice {
  code: ErrorCode;
  reason: string;
  todo: string;
}

/** What went wrong and what to do, for who tries a key out: the error's own advice is for a scheduler that runs. */
export function adviceOn(error: VlmError, host: string): Advice {
  const { message: reason, todo, failure, details } = error;
  const { code } = failure;
  if (isDoubtful(error)) {
    const check = "check the base URL, and whether a proxy or a login page answers in the provider's place";
    return { code, reason, todo: check };
  }
  if (code === "TMON_VLM_TIMEOUT")
    return { code, reason, todo: "check the network to the provider, or give it longer with --timeout" };
  if (code !== "TMON_VLM_UNREACHABLE") return { code, reason, todo };
  const cause = connectionError(details.cause);
  const tls = tlsFailure(cause, { name: host, caKey: authorities, certificateKey: "a proxy's certificate" });
  if (tls) return { code: tls.code, reason: tls.message, todo: tls.todo };
  if (cause.code !== "UND_ERR_SOCKET") return { code, reason, todo };
  return {
    code,
    reason: `${host} closed the connection without a whole answer`,
    todo: "check the base URL (https:// where the server speaks TLS), and the network to the provider",
  };
}

/** Node's own way to trust more of them. */
const authorities = "NODE_EXTRA_CA_CERTS in the environment";

/** undici wraps some of Node's errors. */
function connectionError(error: unknown): NodeJS.ErrnoException {
  const { cause } = (error ?? {}) as { cause?: unknown };
  const known = [error, cause].find((one): one is NodeJS.ErrnoException => hasCode(one));
  return known ?? new Error("unknown");
}

const hasCode = (error: unknown) => typeof (error as { code?: unknown } | undefined)?.code === "string";
