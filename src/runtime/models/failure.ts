import { messageOf, TmonError } from "../../errors.ts";

/** A server's answer that is no file. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`answers ${status}`);
    this.status = status;
  }
}

/** It may come back: what was begun is worth another try. */
export function isPassing(error: unknown): boolean {
  if (error instanceof Refused) return error.status >= 500 || error.status === 429;
  if (isTooLong(error)) return false;
  return /^(UND_ERR_|ECONN|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|EAI_AGAIN)/.test(codeOf(error));
}

const isTooLong = (error: unknown) => codeOf(error) === "UND_ERR_RES_EXCEEDED_MAX_SIZE";

/** Why a model could not be fetched from `url`: one line of what, one of what to do. */
export function asPullError(error: unknown, { url, directory }: { url: string; directory: string }): unknown {
  if (error instanceof TmonError) return error;
  const code = codeOf(error);
  const cause = { cause: error };
  if (["ENOSPC", "EDQUOT", "EFBIG"].includes(code))
    return new TmonError(
      "TMON_DISK_FULL",
      `no room for the model in ${directory}`,
      "make room, then run it again: it goes on where it was",
      cause,
    );
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "ENOENT"].includes(code))
    return new TmonError(
      "TMON_MODELS_DIR_UNWRITABLE",
      `the directory of models ${directory} cannot be written: ${messageOf(error)}`,
      "give this user write access to it, or name another one with TMON_MODELS_DIR",
      cause,
    );
  if (error instanceof Refused && error.status < 500 && error.status !== 429)
    return new TmonError(
      "TMON_MODEL_NOT_FOUND",
      `${url} ${messageOf(error)}`,
      "see that the address is right, or name a mirror that has the file with --mirror",
      cause,
    );
  if (isTooLong(error))
    return new TmonError(
      "TMON_MODEL_CHECKSUM",
      `${url} is not the model: it is longer`,
      "try again, or another mirror (--mirror)",
      cause,
    );
  if (error instanceof Refused || isPassing(error) || code !== "")
    return new TmonError(
      "TMON_MODEL_UNREACHABLE",
      `${url} cannot be fetched: ${reasonOf(error, code)}`,
      "run it again: it goes on where it was; without a way there name a mirror with --mirror",
      cause,
    );
  return error;
}

function reasonOf(error: unknown, code: string): string {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its host is unknown here";
  if (code === "ECONNREFUSED") return "nothing listens there";
  if (code.includes("TIMEOUT") || code === "ETIMEDOUT") return "no answer in time";
  if (["UND_ERR_SOCKET", "ECONNRESET", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"].includes(code))
    return "the connection broke off";
  return messageOf(error) || code;
}

/** Of the error or, as undici wraps them, of what caused it; the first of several where a host has several addresses. */
function codeOf(error: unknown): string {
  const { code, cause, errors } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === "string") return code;
  return (cause ?? errors?.[0]) ? codeOf(cause ?? errors?.[0]) : "";
}
