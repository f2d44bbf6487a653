import type { Config } from "../../config/config.ts";
import { type CatalogueModel, catalogue } from "../../config/models/catalogue.ts";
import { remedy } from "../../config/models/file.ts";
import { fileOf, presenceOf } from "../../config/models/find.ts";
import { TmonError } from "../../errors.ts";
import { openModel } from "../../runtime/detector/model.ts";
import { exportIn, measure } from "../../runtime/models/checksum.ts";
import { formatTable, writeLine } from "../output.ts";
import { modelsNamed } from "./names.ts";

interface Verified {
  name: string;
  result: "ok" | "missing" | "differs" | "unusable";
  file: string;
  /** Of the file; null if it is missing. */
  sha256: string | null;
  /** What is wrong, and what to do. */
  detail: string;
}

/** `tmon models verify`: checksums, and whether this machine can load them; ends with 1 if one is not right. */
export async function verifyModels(
  { models }: Pick<Config, "models">,
  { names, output }: { names: readonly string[]; output: string },
): Promise<void> {
  const chosen =
    names.length > 0
      ? modelsNamed(names)
      : catalogue.filter((model) => presenceOf(model, models) !== "absent");
  const verified: Verified[] = [];
  for (const model of chosen) verified.push(await verify(model, fileOf(model, models)));
  if (verified.some(({ result }) => result !== "ok")) process.exitCode = 1;
  if (output === "json") return writeLine(JSON.stringify({ models: verified }));
  const rows = verified.map(({ name, result, detail, file }) => [name, result, detail || file]);
  await writeLine(formatTable(["NAME", "RESULT", ""], rows));
}

async function verify(model: CatalogueModel, file: string): Promise<Verified> {
  const { name } = model;
  const found = await measure(file);
  if (!found) return { name, result: "missing", file, sha256: null, detail: remedy(model) };
  const { sha256 } = found;
  if (!exportIn(model, found)) {
    const detail = `${file} has the SHA-256 ${sha256}, not ${model.export.sha256}: ${remedy(model)}`;
    return { name, result: "differs", file, sha256, detail };
  }
  try {
    await (await openModel(file)).session.release();
    return { name, result: "ok", file, sha256, detail: "" };
  } catch (error) {
    if (!(error instanceof TmonError)) throw error;
    return { name, result: "unusable", file, sha256, detail: `${error.message}: ${error.todo}` };
  }
}
