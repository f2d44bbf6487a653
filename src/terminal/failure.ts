import { redact } from "../config/redact.ts";
import { TmonError } from "../errors.ts";

/** What oclif throws for a command line it cannot read carries an exit status of its own. */
interface CommandLineError extends Error {
  oclif?: { exit?: number };
  code?: string;
}

/** Turns whatever a command threw into an error of the closed set. */
export function asTmonError(error: unknown): TmonError {
  if (error instanceof TmonError) return error;
  if (isCommandLineError(error)) {
    const [what = "the command line is wrong"] = error.message.split("\n");
    return new TmonError(
      "TMON_USAGE",
      what.replace(/^Error: /, ""),
      "see tmon --help, or --help after the command",
    );
  }
  const what = error instanceof Error ? error.message : String(error);
  return new TmonError("TMON_INTERNAL", `a bug in tmon: ${what}`, "please report it, with the lines above", {
    cause: error,
  });
}

/** A command that cannot be loaded is no mistake of who typed it. */
function isCommandLineError(error: unknown): error is CommandLineError {
  const { oclif, code } = error as CommandLineError;
  return error instanceof Error && oclif !== undefined && code !== "MODULE_NOT_FOUND";
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
