import { TmonError } from "../../errors.ts";
import { parseCameraUrl, sourceOf } from "../camera-url.ts";
import type { CameraConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Choose, fromFile, fromFlag, map } from "../provenance.ts";
import { redact } from "../redact.ts";
import { Secret } from "../secret.ts";
import { mostSeed, scenes, weathers } from "../simulated-camera.ts";
import { chooseInterval } from "./detector.ts";

/** Cameras of the command line replace the file's: who names one wants to see that one. */
export function chooseCameras(choose: Choose, sources: Sources): CameraConfig[] {
  const { flags, cameras, configDir, cwd } = sources;
  const defaultMs = chooseInterval(choose, sources);
  const describeIn = (directory: string) => (entries: CameraEntry[]) =>
    entries.map((entry, index) => {
      const ownMs = flags.interval === undefined ? entry.interval : undefined;
      return describe(entry, index, directory, ownMs ?? defaultMs);
    });
  const chosen = choose<CameraConfig[]>(
    "cameras",
    map(fromFlag("camera", flags.camera?.map(fromCommandLine)), describeIn(cwd)) ??
      map(fromFlag("cameras", flags.cameras), (count) => simulatedCameras(count, defaultMs)) ??
      map(fromFile<CameraEntry[]>(cameras.file, cameras.data, ["cameras"]), describeIn(configDir ?? cwd)),
    byDefault<CameraConfig[]>([]),
  );
  refuseDuplicates(chosen);
  return chosen;
}

/** From this one on the first six show all that a detector knows, and people in danger, within half a minute. */
const firstSeed = 10;

/**
 * So many simulated cameras, no two alike: scenes take turns, and weathers, so that each scene has each weather in
 * 16 of them; from one turn to the next the places are others.
 * @throws TmonError TMON_USAGE if there are not so many seeds from this one on
 */
export function simulatedCameras(count: number, intervalMs: number, seed = firstSeed): CameraConfig[] {
  const last = mostSeed - count + 1;
  if (seed > last)
    throw new TmonError(
      "TMON_USAGE",
      `--seed is ${seed}, which leaves no seeds for ${count} cameras: they go up to ${mostSeed}`,
      `--seed ${last}, or a lower one`,
    );
  return Array.from({ length: count }, (_, index) => {
    const scene = scenes[index % scenes.length];
    const weather = weathers[(index + Math.floor(index / scenes.length)) % weathers.length];
    return describe({ url: `sim:${scene}?seed=${seed + index}&weather=${weather}` }, index, "", intervalMs);
  });
}

interface CameraEntry {
  id?: string | undefined;
  url: string;
  interval?: number | undefined;
  weight?: number | undefined;
}

/** `[ID=]URL`; an = inside the URL is the URL's. */
function fromCommandLine(text: string): CameraEntry {
  const [, id, url] = /^([^=:/?]+)=(.+)$/.exec(text) ?? [];
  return id !== undefined && url !== undefined ? { id, url } : { url: text };
}

function describe(entry: CameraEntry, index: number, directory: string, intervalMs: number): CameraConfig {
  const parsed = parseCameraUrl(entry.url, directory);
  const url = parsed.kind === "file" ? `file:${parsed.path}${parsed.loop ? "?loop=1" : ""}` : entry.url;
  return {
    id: entry.id ?? `cam-${index + 1}`,
    url: new Secret(url),
    shownUrl: redact(url),
    source: sourceOf(parsed),
    intervalMs,
    weight: entry.weight ?? 1,
  };
}

function refuseDuplicates(cameras: readonly CameraConfig[]): void {
  const twice = cameras.find(({ id }, index) => cameras.findIndex((other) => other.id === id) < index);
  if (!twice) return;
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `two cameras have the id ${twice.id}`,
    "give each its own: --camera ID=URL, or id: in cameras.yaml",
  );
}
