import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { messageOf, TmonError } from "../errors.ts";
import type { YamlFile } from "./yaml-file.ts";

/**
 * What a `_file` sibling points to, without its last line break; relative to the file that names it.
 * @throws TmonError TMON_CONFIG_INVALID
 */
export function readSecretFile(path: string, file: YamlFile | undefined): string {
  const full = resolve(dirname(file?.path ?? "."), path);
  const value = readText(full);
  if (value !== "") return value;
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `the secret file ${full} is empty`,
    "write the secret into it, or take the key that names it out",
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch (error) {
    throw new TmonError(
      "TMON_CONFIG_INVALID",
      `the secret file ${path} cannot be read: ${messageOf(error)}`,
      "put it there, readable by this user, or take the key that names it out",
      { cause: error },
    );
  }
}
