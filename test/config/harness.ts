import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ConfigFlags, type LoadedConfig, loadConfig } from "../../src/config/load.ts";
import { TmonError } from "../../src/errors.ts";
import { temporaryDirectory } from "../support/tmp.ts";

/** Where a test file's configuration directories are; nothing outside it is read. */
export const home = temporaryDirectory();
let count = 0;

/** A configuration directory with these files. */
export function directoryWith(files: Record<string, string>): string {
  const directory = join(home, `config-${++count}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

export function load(flags: ConfigFlags = {}, env: NodeJS.ProcessEnv = {}): LoadedConfig {
  return loadConfig({ flags, env, cwd: home, home });
}

export function loadFiles(
  files: Record<string, string>,
  env: NodeJS.ProcessEnv = {},
  flags: ConfigFlags = {},
) {
  return load({ ...flags, configDir: directoryWith(files) }, env);
}

/** How loading fails. */
export function failureOf(flags: ConfigFlags, env: NodeJS.ProcessEnv = {}): TmonError {
  try {
    load(flags, env);
  } catch (error) {
    if (error instanceof TmonError) return error;
    throw error;
  }
  throw new Error("it loaded");
}

export function failureOfFiles(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): TmonError {
  return failureOf({ configDir: directoryWith(files) }, env);
}
