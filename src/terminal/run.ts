import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Config, Plugin } from "@oclif/core/config";
import type { LoadOptions } from "@oclif/core/interfaces";
import { run as runOclif } from "@oclif/core/run";
import { settings } from "@oclif/core/settings";
import { redact } from "../config/redact.ts";
import { crash } from "./crash.ts";
import { asTmonError, describeFailure } from "./failure.ts";
import { guardStreams, say } from "./output.ts";

/**
 * Runs the command line and ends the process with its exit status.
 *
 * Errors are printed here and nowhere else: oclif's own handler would show argv, which may hold a password,
 * and lose exit statuses.
 */
export async function run(binUrl: string): Promise<never> {
  guardStreams();
  const crashed = crash();
  const root = dirname(dirname(fileURLToPath(binUrl)));
  const argv = process.argv.slice(2);
  hideSecrets(argv);
  let commands: string[] = [];
  try {
    const config = await Config.load(await loadOptions(root));
    commands = config.commandIDs.map((id) => id.replaceAll(":", " "));
    await Promise.race([runToEnd(argv, config), crashed]);
  } catch (error) {
    const failure = asTmonError(error, commands);
    say(describeFailure(failure, wantsJson(argv) ? "json" : "text"));
    process.exitCode = failure.exitCode;
  }
  // Whatever a library left open must not keep a finished command alive.
  process.exit();
}

/** A camera's password on the command line is not for everybody who lists the processes. */
function hideSecrets(argv: readonly string[]): void {
  const line = argv.join(" ");
  const shown = argv.map(redact).join(" ");
  if (shown !== line) process.title = `tmon ${shown}`;
}

/** Until all that was printed is written, too. */
async function runToEnd(argv: string[], config: Config): Promise<void> {
  try {
    await runOclif(argv, config);
  } catch (error) {
    if (!isPlainExit(error)) throw error;
  }
  await new Promise<void>((resolve, reject) =>
    process.stdout.write("", (error) => (error ? reject(error) : resolve())),
  );
}

/**
 * From source (bin/dev.js) the commands are the TypeScript files. oclif would take the manifest's, which are the
 * built ones, for its root plugin whatever it is told; so the plugin is loaded here.
 */
async function loadOptions(root: string): Promise<LoadOptions> {
  if (!process.env.TMON_DEV) return { root };
  settings.enableAutoTranspile = false;
  const pjson = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  pjson.oclif.commands = {
    strategy: "pattern",
    target: "./src/commands",
    globPatterns: ["**/*.ts", "!base.ts"],
  };
  const plugin = new Plugin({ root, pjson, ignoreManifest: true, isRoot: true });
  await plugin.load();
  return { root, plugins: new Map([[plugin.name, plugin]]) };
}

/** --help and --version end by an exit that is not an error. */
function isPlainExit(error: unknown): boolean {
  const exit = error as { code?: string; oclif?: { exit?: number } };
  return exit.code === "EEXIT" && (exit.oclif?.exit ?? 0) === 0;
}

function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      word === "-ojson" ||
      word === "--output=json" ||
      (/^(-o|--output)$/.test(word) && argv[index + 1] === "json"),
  );
}
