import { resolve } from "node:path";
import { initConfig } from "../config/init.ts";
import type { ConfigFlags } from "../config/load.ts";
import { showRows } from "../config/show.ts";
import { formatTable, writeLine } from "./output.ts";
import { loadSettings } from "./settings.ts";

/** Each value with where it came from, secrets masked. */
export async function showConfig(flags: ConfigFlags, output: string): Promise<void> {
  const rows = showRows(loadSettings(flags));
  if (output === "json") return writeLine(JSON.stringify(rows, null, 2));
  await writeLine(
    formatTable(
      ["KEY", "VALUE", "FROM"],
      rows.map(({ key, value, source }) => [key, value, source]),
      process.stdout.columns,
    ),
  );
}

/** Succeeds if the files load; what counts only in part is a warning. */
export async function validateConfig(flags: ConfigFlags, output: string): Promise<void> {
  const { config, warnings, notices } = loadSettings(flags);
  const directory = config.configDir ?? null;
  if (output === "json")
    return writeLine(JSON.stringify({ valid: true, directory, warnings, notices }, null, 2));
  await writeLine(directory === null ? "no configuration directory: all defaults" : `${directory} is valid`);
}

export async function writeConfig(
  directory: string,
  options: { force: boolean; dryRun: boolean },
): Promise<void> {
  for (const file of initConfig(resolve(directory), options)) {
    await writeLine(`${options.dryRun ? "would write" : "wrote"} ${file}`);
  }
}
