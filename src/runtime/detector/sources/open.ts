import type { CameraConfig } from "../../../config/config.ts";
import { requireFfmpeg } from "./ffmpeg.ts";
import { openFileSource } from "./file.ts";
import { openLiveSource } from "./live.ts";
import { openSimulatedSource } from "./simulated.ts";
import type { Source } from "./source.ts";

/**
 * Checks a camera's source before anything plays: a file must be there and playable, a live camera may be away.
 * @throws TmonError TMON_SOURCE_UNSUPPORTED, and what its kind of source throws.
 */
export async function openSource(camera: CameraConfig): Promise<Source> {
  const url = camera.url.reveal();
  if (url.startsWith("file:")) return openFileSource(camera.id, url);
  if (camera.source === "live") return openLiveSource(camera);
  return openSimulatedSource(url);
}

/** Opens all sources, a few at a time; ffmpeg is needed unless all are rendered. @throws TmonError TMON_NO_FFMPEG, and TmonError of the first one in order that is not usable. */
export async function openSources(cameras: readonly CameraConfig[], atOnce: number): Promise<Source[]> {
  const areRendered = cameras.length > 0 && cameras.every(({ source }) => source === "sim");
  if (!areRendered) await requireFfmpeg();
  const sources: Source[] = [];
  for (let first = 0; first < cameras.length; first += atOnce) {
    const opened = await Promise.allSettled(cameras.slice(first, first + atOnce).map(openSource));
    for (const result of opened) {
      if (result.status === "rejected") throw result.reason;
      sources.push(result.value);
    }
  }
  return sources;
}
