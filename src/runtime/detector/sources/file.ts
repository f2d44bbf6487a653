import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { TmonError } from "../../../errors.ts";
import { runFfmpeg } from "./ffmpeg.ts";
import { asPictures, pictureCutter } from "./pictures.ts";
import type { PlayOptions, Source } from "./source.ts";

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

  const input = fileInput(path);
  await requirePicture(input, unreadable);
  const paced = ["-re", ...(loop ? ["-stream_loop", "-1"] : []), ...input];
  const brokeOff = (reason: string) =>
    new TmonError(
      "TMON_SOURCE_BROKEN",
      `camera ${cameraId}: ${path} broke off: ${reason}`,
      "see that nothing ends ffmpeg, and that the file stays as it is while it plays",
    );
  return {
    play: (options) => playFile(paced, options, brokeOff),
    patience: () => ({ firstMs: Number.POSITIVE_INFINITY, nextMs: Number.POSITIVE_INFINITY }),
  };
}

/** The prefix keeps ffmpeg from reading a path as a protocol or a pattern. */
export function fileInput(path: string): string[] {
  return ["-i", `file:${path}`];
}

export function parseFileUrl(url: string): { path: string; loop: boolean } {
  const query = url.lastIndexOf("?");
  const name = query < 0 ? url : url.slice(0, query);
  const path = name.startsWith("file://") ? fileURLToPath(name) : name.slice("file:".length);
  return { path, loop: query >= 0 && new URLSearchParams(url.slice(query)).get("loop") === "1" };
}

/** Decodes the first picture: tells that there is one. */
async function requirePicture(input: readonly string[], fail: (reason: string) => Error): Promise<void> {
  let bytes = 0;
  const { complaints } = await runFfmpeg({
    args: [...input, "-map", "0:V:0", "-frames:v", "1", ...asPictures, "-"],
    onOutput: (chunk) => {
      bytes += chunk.length;
    },
    signal: new AbortController().signal,
  });
  if (bytes === 0) throw fail(complaints.at(0) ?? "it holds no picture");
}

/** ffmpeg itself leaves out what is not wanted, so the pipe carries one picture per interval. */
async function playFile(
  input: readonly string[],
  { intervalMs, phaseMs, memory, onPicture, signal }: PlayOptions,
  fail: (reason: string) => Error,
): Promise<string | undefined> {
  const turn = (time: string) => `floor((${time}-${phaseMs / 1000})/${intervalMs / 1000})`;
  const select = `select='isnan(prev_selected_t)+gt(${turn("t")},${turn("prev_selected_t")})'`;
  const { failed, complaints } = await runFfmpeg({
    args: [...input, "-map", "0:V:0", "-vf", select, ...asPictures, "-"],
    onOutput: pictureCutter(memory, onPicture),
    signal,
  });
  if (signal.aborted) return undefined;
  if (failed !== undefined) throw fail(complaints.at(-1) ?? failed);
  return complaints.at(-1);
}
