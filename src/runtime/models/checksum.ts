import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type CatalogueModel, exportsOf, type ModelExport } from "../../config/models/catalogue.ts";

/** What a file holds; undefined if it is not there. @throws Node's error if it cannot be read */
export async function measure(file: string): Promise<ModelExport | undefined> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file), hash);
    return { sha256: hash.digest("hex"), bytes: (await stat(file)).size };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** That one of the model's exports which this is. */
export function exportIn(model: CatalogueModel, { sha256 }: ModelExport): ModelExport | undefined {
  return exportsOf(model).find((known) => known.sha256 === sha256);
}
