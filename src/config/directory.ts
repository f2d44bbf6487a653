import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { TmonError } from "../errors.ts";

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  cwd: string;
  home: string;
}

/**
 * The configuration directory: the one that was named, or the first that is there.
 * @throws TmonError TMON_CONFIG_NOT_FOUND if a named one is not there
 */
export function findConfigDirectory(
  named: string | undefined,
  { env, cwd, home }: Surroundings,
): string | undefined {
  const wanted = named ?? env.TMON_CONFIG_DIR;
  if (wanted !== undefined) {
    const directory = resolve(cwd, wanted);
    if (existsSync(directory) && statSync(directory).isDirectory()) return directory;
    throw new TmonError(
      "TMON_CONFIG_NOT_FOUND",
      `there is no configuration directory ${directory}`,
      `write one with tmon config init ${directory}, or leave --config-dir out`,
    );
  }
  return [join(cwd, "config"), join(home, ".config/tmon"), "/etc/tmon"].find((directory) =>
    fileNames.some((name) => existsSync(join(directory, name))),
  );
}

/** Some other program's `./config` is not taken for tmon's. */
export const fileNames = [
  "tmon.yaml",
  "cameras.yaml",
  "kafka.yaml",
  "api_keys.yaml",
  "monitoring.yaml",
] as const;

export function findDataDirectory(
  named: string | undefined,
  { env, cwd, home }: Surroundings,
): [string, string] {
  if (named !== undefined) return [resolve(cwd, named), "flag --data-dir"];
  if (env.TMON_DATA_DIR) return [resolve(cwd, env.TMON_DATA_DIR), "environment TMON_DATA_DIR"];
  if (env.STATE_DIRECTORY) return [env.STATE_DIRECTORY, "environment STATE_DIRECTORY"];
  return [join(home, ".local/state/tmon"), "default"];
}
