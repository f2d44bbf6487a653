import { dirname, isAbsolute, join, resolve } from "node:path";
import { TmonError } from "../../errors.ts";
import type { ModelsConfig } from "../config.ts";
import { mirrorField } from "../fields.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Choose, fromEnvironment, fromFile, fromFlag, map } from "../provenance.ts";
import { redactValue } from "../redact.ts";

/** Where models lie and come from. */
export function chooseModels(choose: Choose, { flags, env, cwd, home, tmon }: Sources): ModelsConfig {
  const inFile = (name: string) => fromFile<string>(tmon.file, tmon.data, ["models", name]);
  return {
    directory: choose(
      "models.directory",
      map(fromEnvironment(env, "TMON_MODELS_DIR"), (path) => resolve(cwd, path)),
      map(inFile("directory"), (path) => resolve(dirname(tmon.file?.path ?? cwd), path)),
      byDefault(join(dataHome(env, home), "tmon/models")),
    ),
    mirror: choose<string | undefined>(
      "models.mirror",
      map(fromFlag("mirror", flags.mirror), (url) => readMirror(url, "--mirror")),
      map(fromEnvironment(env, "TMON_MODELS_MIRROR"), (url) => readMirror(url, "TMON_MODELS_MIRROR")),
      inFile("mirror"),
      byDefault(undefined),
    ),
  };
}

/** A relative path is to be ignored. Source: XDG Base Directory Specification 0.8. */
function dataHome(env: NodeJS.ProcessEnv, home: string): string {
  const named = fromEnvironment(env, "XDG_DATA_HOME")?.value;
  return named !== undefined && isAbsolute(named) ? named : join(home, ".local/share");
}

function readMirror(text: string, where: string): string {
  const { success, data } = mirrorField.safeParse(text);
  if (success) return data;
  throw new TmonError(
    where.startsWith("--") ? "TMON_USAGE" : "TMON_CONFIG_INVALID",
    `${where} is "${redactValue(text)}", which is no http:// or https:// address`,
    "write the address of the directory that holds the models' files: https://HOST/PATH",
  );
}
