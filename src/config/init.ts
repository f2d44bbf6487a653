import { chmodSync, copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, TmonError } from "../errors.ts";
import { makeDirectory } from "../make-directory.ts";
import { fileNames } from "./directory.ts";

/** The commented files of the package. */
const packaged = fileURLToPath(new URL("../../config", import.meta.url));

/**
 * Copies commented files that work as they stand; answers their paths.
 * @throws TmonError TMON_CONFIG_EXISTS without `force`, TMON_CONFIG_NOT_FOUND if the directory cannot be made
 */
export function initConfig(
  directory: string,
  { force, dryRun }: { force: boolean; dryRun: boolean },
): string[] {
  const targets = fileNames.map((name) => join(directory, name));
  const there = targets.find((path) => existsSync(path));
  if (there !== undefined && !force) {
    throw new TmonError(
      "TMON_CONFIG_EXISTS",
      `${there} is already there`,
      "name another directory, or overwrite it with --force",
    );
  }
  if (dryRun) return targets;
  try {
    makeDirectory(directory);
    for (const name of fileNames) copyFileSync(join(packaged, name), join(directory, name));
    // Keys will be written into it.
    chmodSync(join(directory, "api_keys.yaml"), 0o600);
  } catch (error) {
    throw new TmonError(
      "TMON_CONFIG_NOT_FOUND",
      `${directory} cannot be written: ${messageOf(error)}`,
      "name a directory you may write to",
      {
        cause: error,
      },
    );
  }
  return targets;
}
