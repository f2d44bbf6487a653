import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelsConfig } from "../config.ts";
import { type CatalogueModel, catalogue } from "./catalogue.ts";

/** Models that are shipped. */
const packaged = fileURLToPath(new URL("../../../models", import.meta.url));

/** Where a model of the catalogue lies, or would lie. */
export function fileOf({ url, file }: CatalogueModel, { directory }: ModelsConfig): string {
  return join(url === undefined ? packaged : directory, file);
}

export function isThere(model: CatalogueModel, models: ModelsConfig): boolean {
  return existsSync(fileOf(model, models));
}

/**
 * The file of a model that was named: by its name in the catalogue, or as a path from `directory`. A bare NAME that is
 * no file there is looked for among the models.
 */
export function findModel(name: string, directory: string, models: ModelsConfig): string {
  const known = catalogue.find((model) => model.name === name);
  if (known) return fileOf(known, models);
  const file = resolve(directory, name);
  if (existsSync(file) || basename(name) !== name) return file;
  const candidates = [name, `${name}.onnx`].map((each) => join(models.directory, each));
  return candidates.find((candidate) => existsSync(candidate)) ?? file;
}
