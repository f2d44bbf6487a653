import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelsConfig } from "../config.ts";
import { type CatalogueModel, catalogue, exportsOf } from "./catalogue.ts";

/** Models that are shipped. */
const packaged = fileURLToPath(new URL("../../../models", import.meta.url));

/** Where a model of the catalogue lies, or would lie. */
export function fileOf({ url, file }: CatalogueModel, { directory }: ModelsConfig): string {
  return join(url === undefined ? packaged : directory, file);
}

/** What lies where a model of the catalogue would: `other` has a size that none of its exports has. */
export type ModelPresence = "absent" | "incomplete" | "other" | "here";

/** By the size of its file; what it holds `tmon models verify` says. */
export function presenceOf(model: CatalogueModel, models: ModelsConfig): ModelPresence {
  const bytes = statSync(fileOf(model, models), { throwIfNoEntry: false })?.size;
  const sizes = exportsOf(model).map((known) => known.bytes);
  if (bytes === undefined) return "absent";
  if (sizes.includes(bytes)) return "here";
  return bytes < Math.min(...sizes) ? "incomplete" : "other";
}

/** What is wrong with a file that is there, by its size; "" if nothing is. */
export function faultOf(model: CatalogueModel, models: ModelsConfig): string {
  const presence = presenceOf(model, models);
  if (presence === "absent" || presence === "here") return "";
  const file = fileOf(model, models);
  const sizes = exportsOf(model).map(({ bytes }) => bytes);
  return `${file} has ${statSync(file).size} bytes, not ${sizes.join(" or ")}`;
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
