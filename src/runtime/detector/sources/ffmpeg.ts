import { execa } from "execa";
import { TmonError } from "../../../errors.ts";
import { bytesOf, type RgbPicture } from "../../../vision/picture.ts";
import { complaintsOf } from "./complaints.ts";
import type { PlayOptions } from "./source.ts";

interface Size {
  width: number;
  height: number;
}

const common = ["-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"];
/** A stopped ffmpeg that does not end within this time is killed. */
const forceKillAfterDelay = 2000;
/** The last characters of what ffmpeg says: the reason of its end is among them. */
const keptComplaints = 4000;

/** Decodes the first picture: tells that there is one, and the size after rotation. */
export async function sizeOfFirstPicture(
  input: readonly string[],
  fail: (reason: string) => Error,
): Promise<Size> {
  const picture = ["-map", "0:V:0", "-frames:v", "1", "-c:v", "ppm", "-f", "image2pipe", "-"];
  const result = await execa("ffmpeg", [...common, ...input, ...picture], {
    stdin: "ignore",
    encoding: "buffer",
    reject: false,
  });
  requireFfmpeg(result);
  const header = /^P6\s(\d+)\s(\d+)\s/.exec(Buffer.from(result.stdout.subarray(0, 32)).toString("latin1"));
  if (header) return { width: Number(header[1]), height: Number(header[2]) };
  throw fail(complaintsOf(Buffer.from(result.stderr).toString()).at(0) ?? "it holds no picture");
}

/**
 * Plays an input and cuts ffmpeg's output into pictures. ffmpeg itself leaves out what is not wanted, so the
 * pipe carries one picture per interval; when tmon dies, its next write to the pipe ends it.
 */
export async function decodePictures(
  input: readonly string[],
  size: Size,
  options: PlayOptions,
  fail: (reason: string) => Error,
): Promise<string | undefined> {
  const { signal } = options;
  const child = execa("ffmpeg", [...common, ...input, ...rawPictures(size, options)], {
    stdin: "ignore",
    buffer: false,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay,
  });
  let complained = "";
  child.stderr.on("data", (text: Buffer) => {
    complained = (complained + text.toString()).slice(-keptComplaints);
  });
  child.stdout.on("data", cutter(size, options));
  const result = await child;
  if (signal.aborted) return undefined;
  requireFfmpeg(result);
  const complaints = complaintsOf(complained);
  if (result.exitCode !== 0)
    throw fail(complaints.at(-1) ?? `ffmpeg ended with ${result.signal ?? result.exitCode}`);
  return complaints.at(-1);
}

/** The first picture, and then the first one of each interval of the source's time. */
function rawPictures({ width, height }: Size, { intervalMs, phaseMs }: PlayOptions): string[] {
  const turn = (time: string) => `floor((${time}-${phaseMs / 1000})/${intervalMs / 1000})`;
  const select = `select='isnan(prev_selected_t)+gt(${turn("t")},${turn("prev_selected_t")})'`;
  return [
    ...["-map", "0:V:0", "-vf", `${select},scale=${width}:${height}`, "-fps_mode", "passthrough"],
    // One encoder thread: with several, each picture would stay in the encoder until the next one comes.
    ...["-pix_fmt", "rgb24", "-threads", "1", "-flush_packets", "1", "-f", "rawvideo", "-"],
  ];
}

/** Fills pictures with the chunks of a stream. */
function cutter(size: Size, { memory, onPicture }: PlayOptions): (chunk: Uint8Array) => void {
  const length = bytesOf(size);
  let picture: RgbPicture | undefined;
  let filled = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      picture ??= memory.take(size);
      const part = chunk.subarray(at, at + length - filled);
      picture.pixels.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < length) return;
      const whole = picture;
      picture = undefined;
      filled = 0;
      onPicture(whole);
    }
  };
}

function requireFfmpeg(result: { code?: string | undefined }): void {
  if (result.code !== "ENOENT") return;
  throw new TmonError(
    "TMON_NO_FFMPEG",
    "ffmpeg is not installed or not on the PATH: video cannot be read",
    "install it: apt install ffmpeg, brew install ffmpeg, or winget install ffmpeg",
  );
}
