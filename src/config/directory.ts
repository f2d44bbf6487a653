import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { TmonError } from "../errors.ts";
import { byDefault, type Candidate, fromEnvironment, fromFlag, map } from "./provenance.ts";

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
  const wanted = named ?? fromEnvironment(env, "TMON_CONFIG_DIR")?.value;
  if (wanted !== undefined) {
    const directory = resolve(cwd, wanted);
    if (existsSync(directory) && statSync(directory).isDirectory()) return refuseMisnamed(directory);
    throw new TmonError(
      "TMON_CONFIG_NOT_FOUND",
      `there is no configuration directory ${directory}`,
      `write one with tmon config init ${directory}, or leave --config-dir out`,
    );
  }
  const found = [join(cwd, "config"), join(home, ".config/tmon"), "/etc/tmon"].find((directory) =>
    [...fileNames, "tmon.yml"].some((name) => existsSync(join(directory, name))),
  );
  return found && refuseMisnamed(found);
}

/** A file that is silently not read is worse than none. @throws TmonError TMON_CONFIG_INVALID */
function refuseMisnamed(directory: string): string {
  for (const name of fileNames) {
    const misnamed = join(directory, name.replace(/yaml$/, "yml"));
    if (!existsSync(misnamed)) continue;
    throw new TmonError("TMON_CONFIG_INVALID", `${misnamed} would not be read`, `name it ${name}`);
  }
  return directory;
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
): Candidate<string> {
  const said =
    fromFlag("data-dir", named) ??
    fromEnvironment(env, "TMON_DATA_DIR") ??
    // systemd separates several by colons.
    map(fromEnvironment(env, "STATE_DIRECTORY"), (list) => list.split(":")[0] as string);
  return map(said, (directory) => resolve(cwd, directory)) ?? byDefault(join(home, ".local/state/tmon"));
}
