import { dirname } from "node:path";
import { TmonError } from "../../errors.ts";
import type { DetectorConfig, GroupingConfig, ModelsConfig } from "../config.ts";
import { shortestIntervalMs } from "../fields.ts";
import type { Sources } from "../load.ts";
import { findModel } from "../models/find.ts";
import { byDefault, type Choose, fromFile, fromFlag, map } from "../provenance.ts";
import { parseDuration } from "../units.ts";

const defaultIntervalMs = 1800;

/** What counts as found if nothing is configured: the least confidence, and the most overlap (IoU) of two. */
export const usualThresholds = { confidence: 0.35, iou: 0.5 };

/** Between two looks at one camera, ms. */
export function chooseInterval(choose: Choose, { flags, tmon: { file, data } }: Sources): number {
  return choose(
    "detector.interval",
    map(fromFlag("interval", flags.interval), (text) =>
      parseDuration(text, "--interval", shortestIntervalMs),
    ),
    fromFile<number>(file, data, ["detector", "interval"]),
    byDefault(defaultIntervalMs),
  );
}

export function chooseDetector(
  choose: Choose,
  sources: Sources,
  { cores, models }: { cores: number; models: ModelsConfig },
): DetectorConfig {
  const { tmon, flags, cwd } = sources;
  const of = <T>(fallback: T, ...path: string[]) =>
    choose(
      ["detector", ...path].join("."),
      fromFile<T>(tmon.file, tmon.data, ["detector", ...path]),
      byDefault(fallback),
    );
  return {
    model: choose(
      "detector.model",
      map(fromFlag("model", flags.model), (name) => findModel(name, cwd, models)),
      map(fromFile<string>(tmon.file, tmon.data, ["detector", "model"]), (name) =>
        findModel(name, dirname(tmon.file?.path ?? cwd), models),
      ),
      byDefault<string | undefined>(undefined),
    ),
    intervalMs: chooseInterval(choose, sources),
    workers: of(cores, "workers"),
    confidence: of(usualThresholds.confidence, "confidence"),
    iou: of(usualThresholds.iou, "iou"),
    groups: chooseGroups(choose, sources),
    crops: {
      marginPx: of(12, "crops", "margin_px"),
      maxSidePx: of(768, "crops", "max_side_px"),
      maxBytes: of(120_000, "crops", "max_size"),
    },
  };
}

function chooseGroups(choose: Choose, { tmon: { file, data } }: Sources): GroupingConfig {
  const of = <T>(fallback: T, name: string) => {
    const path = ["detector", "groups", name];
    return choose(path.join("."), fromFile<T>(file, data, path), byDefault(fallback));
  };
  const groups = {
    distanceFactor: of(1.5, "distance_factor"),
    distancePx: of<number | undefined>(undefined, "distance_px"),
    minMembers: of(2, "min_members"),
    maxMembers: of(12, "max_members"),
  };
  if (groups.minMembers <= groups.maxMembers) return groups;
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `${file?.placeOf(["detector", "groups", "min_members"])}: detector.groups.min_members is ${groups.minMembers}, max_members ${groups.maxMembers}`,
    "let max_members be at least min_members",
  );
}
