import { redact } from "../config/redact.ts";
import { messageOf, TmonError } from "../errors.ts";
import { explainCommandLine, isCommandLineError } from "./command-line-error.ts";

/** Turns whatever a command threw into an error of the closed set. */
export function asTmonError(error: unknown, commands: readonly string[] = []): TmonError {
  if (error instanceof TmonError) return error;
  if (isCommandLineError(error)) {
    const { what, todo } = explainCommandLine(error, commands);
    return new TmonError("TMON_USAGE", what, todo);
  }
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOSPC") {
    const todo = "free some disk space, then start again";
    return new TmonError("TMON_DISK_FULL", `no room to write: ${messageOf(error)}`, todo, { cause: error });
  }
  return new TmonError(
    "TMON_INTERNAL",
    `a bug in tmon: ${messageOf(error)}`,
    "please report it, with the lines above",
    { cause: error },
  );
}

/** One line of what happened, one of what to do; for a bug, its stack first. */
export function describeFailure(error: TmonError, format: "text" | "json"): string {
  const { code } = error;
  const message = redact(error.message);
  const todo = redact(error.todo);
  if (format === "json") return JSON.stringify({ error: { code, message, todo } });
  const stack =
    code === "TMON_INTERNAL" && error.cause instanceof Error ? `${redact(error.cause.stack ?? "")}\n` : "";
  return `${stack}tmon: ${code}: ${message}\n  what to do: ${todo}`;
}
