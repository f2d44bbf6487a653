import type { CameraConfig, Config } from "../config.ts";
import { type CatalogueModel, catalogue } from "./catalogue.ts";
import { fileOf, presenceOf } from "./find.ts";

/** Rendered, or of real roads: from cameras and files. */
export type Pictures = "rendered" | "real";

export function picturesOf(cameras: readonly CameraConfig[]): Pictures {
  return cameras.length > 0 && cameras.every(({ source }) => source === "sim") ? "rendered" : "real";
}

/** The configured model's file; else the first of the catalogue that is there, whole, and made for such pictures. */
export function modelFor(
  pictures: Pictures,
  { detector, models }: Pick<Config, "detector" | "models">,
): string | undefined {
  if (detector.model !== undefined) return detector.model;
  const found = modelsMadeFor(pictures).find((model) => presenceOf(model, models) === "here");
  return found && fileOf(found, models);
}

export function modelsMadeFor(pictures: Pictures): readonly CatalogueModel[] {
  const purpose = pictures === "rendered" ? "simulation" : "roads";
  return catalogue.filter((model) => model.purpose === purpose);
}
