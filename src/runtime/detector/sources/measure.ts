import { setInterval as every } from "node:timers/promises";
import type { RgbPicture } from "../../../vision/picture.ts";
import type { PixelMemory } from "../pixel-memory.ts";
import { type FfmpegEnd, runFfmpeg } from "./ffmpeg.ts";
import { asPictures, pictureCutter } from "./pictures.ts";
import { createRhythmReader, type Rhythm } from "./rhythm.ts";

export interface MeasureOptions {
  readonly input: { readonly args: readonly string[]; readonly script?: string };
  readonly memory: PixelMemory;
  /** Key frames that do not come within this time, ms, are too rare. */
  readonly windowMs: number;
  /** It is watched at least so long, ms: few frames say little of their rate. */
  readonly leastMs?: number;
  onPicture(picture: RgbPicture): void;
  readonly signal: AbortSignal;
}

const lookEveryMs = 20;

/**
 * Opens a stream once to learn what it is: hands over its first picture, and watches its packets until two key
 * frames came or the window has passed. Without a rhythm it ended before that.
 * @throws TmonError TMON_NO_FFMPEG
 */
export async function measure(options: MeasureOptions): Promise<{ rhythm?: Rhythm; end: FfmpegEnd }> {
  const { input, memory, windowMs, leastMs = 1000, onPicture, signal } = options;
  const reader = createRhythmReader(() => performance.now());
  const known = new AbortController();
  let pictures = 0;
  const isKnown = () =>
    pictures > 0 && reader.elapsedMs() >= (reader.keyFrames() > 1 ? leastMs : Math.max(windowMs, leastMs));

  const running = runFfmpeg({
    args: [
      ...[...input.args, "-map", "0:V:0", "-frames:v", "1", ...asPictures, "pipe:1"],
      ...["-map", "0:V:0", "-c", "copy", "-flush_packets", "1", "-f", "framecrc", "pipe:3"],
    ],
    ...(input.script === undefined ? {} : { script: input.script }),
    onOutput: pictureCutter(memory, (picture) => {
      pictures++;
      onPicture(picture);
    }),
    onSide: reader.read,
    signal: AbortSignal.any([signal, known.signal]),
  });
  const look = async () => {
    for await (const _ of every(lookEveryMs, undefined, { signal: known.signal }))
      if (isKnown()) known.abort();
  };
  look().catch(() => {});
  const end = await running.finally(() => known.abort());
  return pictures > 0 && !signal.aborted ? { rhythm: reader.rhythm(), end } : { end };
}
