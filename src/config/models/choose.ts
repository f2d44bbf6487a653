import type { CameraConfig, Config } from "../config.ts";
import { catalogue } from "./catalogue.ts";
import { fileOf, isThere } from "./find.ts";

/** Rendered, or of real roads: from cameras and files. */
export type Pictures = "rendered" | "real";

export function picturesOf(cameras: readonly CameraConfig[]): Pictures {
  return cameras.length > 0 && cameras.every(({ source }) => source === "sim") ? "rendered" : "real";
}

/** The configured model's file; else the first of the catalogue that is there and made for such pictures. */
export function modelFor(
  pictures: Pictures,
  { detector, models }: Pick<Config, "detector" | "models">,
): string | undefined {
  if (detector.model !== undefined) return detector.model;
  const purpose = pictures === "rendered" ? "simulation" : "roads";
  const found = catalogue.find((model) => model.purpose === purpose && isThere(model, models));
  return found && fileOf(found, models);
}
