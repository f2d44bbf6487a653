import type { CameraConfig } from "../../../config/config.ts";
import { TmonError } from "../../../errors.ts";
import { requireFfmpeg } from "./ffmpeg.ts";
import { openFileSource } from "./file.ts";
import { openLiveSource } from "./live.ts";
import type { Source } from "./source.ts";

/**
 * Checks a camera's source before anything plays: a file must be there and playable, a live camera may be away.
 * @throws TmonError TMON_SOURCE_UNSUPPORTED, and what its kind of source throws.
 */
export async function openSource(camera: CameraConfig): Promise<Source> {
  const url = camera.url.reveal();
  if (url.startsWith("file:")) return openFileSource(camera.id, url);
  if (camera.source === "live") return openLiveSource(camera);
  throw new TmonError(
    "TMON_SOURCE_UNSUPPORTED",
    `camera ${camera.id}: ${camera.shownUrl} is not a kind of source this version can read`,
    "give it as file:PATH, file:PATH?loop=1 to repeat it, rtsp://HOST/PATH or http://HOST/PATH",
  );
}

/** Opens all sources, a few at a time. @throws TmonError TMON_NO_FFMPEG, and TmonError of the first one in order that is not usable. */
export async function openSources(cameras: readonly CameraConfig[], atOnce: number): Promise<Source[]> {
  await requireFfmpeg();
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
