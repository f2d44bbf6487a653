import { distance } from "fastest-levenshtein";

/** What oclif throws for a command line it cannot read; which fields there are depends on the mistake. */
interface CommandLineError extends Error {
  oclif?: { exit?: number };
  code?: string;
  /** Flags nobody knows. */
  flags?: string[];
  /** Arguments that are missing: what they are; arguments too many: what was typed. */
  args?: (string | { name: string; description?: string })[];
  parse?: { input?: { flags?: Record<string, unknown> } };
}

/** A command that cannot be loaded is no mistake of who typed it. */
export function isCommandLineError(error: unknown): error is CommandLineError {
  const { oclif, code } = error as CommandLineError;
  return error instanceof Error && oclif !== undefined && code !== "MODULE_NOT_FOUND";
}

interface Explanation {
  what: string;
  todo: string;
}

const seeHelp = "see tmon --help, or --help after the command";

/** One line of what is wrong with a command line, one of what to do. `commands` are the known ones, for a hint. */
export function explainCommandLine(error: CommandLineError, commands: readonly string[]): Explanation {
  const [flag] = error.flags ?? [];
  if (flag !== undefined) return unknownFlag(flag, Object.keys(error.parse?.input?.flags ?? {}));
  const [arg] = error.args ?? [];
  if (typeof arg === "string") return { what: `"${arg}" is one argument too many`, todo: seeHelp };
  if (arg) {
    const name = arg.name.toUpperCase();
    return { what: `${name} is missing`, todo: `give ${arg.description ?? name}` };
  }
  const text = error.message.replace(/^Error: /, "");
  for (const [pattern, explain] of patterns) {
    const found = pattern.exec(text)?.slice(1);
    if (found) return explain(found, commands);
  }
  const [what = ""] = text.split("\n");
  return { what, todo: seeHelp };
}

/** Mistakes that oclif tells in its message alone. */
const patterns: [RegExp, (found: string[], commands: readonly string[]) => Explanation][] = [
  [/^Parsing --(\S+) \n\t([^\n]*)/, ([flag, fault]) => ({ what: `--${flag} ${fault}`, todo: seeHelp })],
  [
    /^Expected --([\w-]+)=(.*) to be one of: ([^\n]*)/s,
    ([flag, value, words]) => ({ what: `--${flag} is "${value}"`, todo: `say one of ${words}` }),
  ],
  [
    /--([\w-]+)=.* cannot also be provided when using --([\w-]+)/s,
    ([one, other]) => ({ what: `--${other} cannot be used with --${one}`, todo: "leave one of them out" }),
  ],
  [
    /^Flag --([\w-]+) expects a value/,
    ([flag]) => ({ what: `--${flag} has no value`, todo: `write one after it; ${seeHelp}` }),
  ],
  [
    /^command (\S+) not found/,
    ([typed = ""], commands) => {
      const name = typed.replaceAll(":", " ");
      return { what: `there is no command "${name}"`, todo: suggest(name, commands) };
    },
  ],
];

/** A value may stand behind the flag's =, and be a password. */
function unknownFlag(typed: string, known: readonly string[]): Explanation {
  const [name = typed] = typed.split("=");
  const todo = suggest(
    name,
    known.map((each) => `--${each}`),
  );
  return { what: `there is no flag ${name}`, todo };
}

function suggest(typed: string, known: readonly string[]): string {
  const nearest = known.toSorted((a, b) => distance(a, typed) - distance(b, typed))[0];
  const isNear = nearest !== undefined && distance(nearest, typed) <= Math.max(2, typed.length / 3);
  return isNear ? `did you mean ${nearest}? ${seeHelp}` : seeHelp;
}
