import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { TmonError } from "../../../errors.ts";
import { decodePictures, sizeOfFirstPicture } from "./ffmpeg.ts";
import type { Source } from "./source.ts";

/**
 * A video file, at the pace of its timestamps: `file:PATH` plays once, `file:PATH?loop=1` for ever.
 * @throws TmonError TMON_SOURCE_NOT_FOUND, TMON_SOURCE_UNREADABLE, TMON_NO_FFMPEG
 */
export async function openFileSource(cameraId: string, url: string): Promise<Source> {
  const { path, loop } = parseFileUrl(url);
  const unreadable = (reason: string) =>
    new TmonError(
      "TMON_SOURCE_UNREADABLE",
      `camera ${cameraId}: ${path} cannot be played: ${reason}`,
      "give a video file that `ffmpeg -i FILE` can read",
    );

  const file = await stat(path).catch(() => undefined);
  if (!file) {
    throw new TmonError(
      "TMON_SOURCE_NOT_FOUND",
      `camera ${cameraId}: there is no file ${path}`,
      "check the path; it is relative to the directory tmon was started in",
    );
  }
  if (!file.isFile()) throw unreadable("it is not a file");
  if (file.size === 0) throw unreadable("it is empty");

  // The prefix keeps ffmpeg from reading a path as a protocol or a pattern.
  const input = ["-i", `file:${path}`];
  const size = await sizeOfFirstPicture(input, unreadable);
  const paced = ["-re", ...(loop ? ["-stream_loop", "-1"] : []), ...input];
  return { play: (options) => decodePictures(paced, size, options, unreadable) };
}

function parseFileUrl(url: string): { path: string; loop: boolean } {
  const query = url.lastIndexOf("?");
  const name = query < 0 ? url : url.slice(0, query);
  const path = name.startsWith("file://") ? fileURLToPath(name) : name.slice("file:".length);
  return { path, loop: query >= 0 && new URLSearchParams(url.slice(query)).get("loop") === "1" };
}
