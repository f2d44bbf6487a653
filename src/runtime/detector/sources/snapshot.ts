import { setTimeout as delay } from "node:timers/promises";
import sharp from "sharp";
import type { RgbPicture } from "../../../vision/picture.ts";
import type { PixelMemory } from "../pixel-memory.ts";
import { describeFailure, get } from "./kind.ts";
import type { PlayOptions } from "./source.ts";

/**
 * A camera that gives one picture a request: asks once an interval, until stopped.
 * @throws what `failure` makes of the first request that fails
 */
export async function pollSnapshots(
  url: string,
  failure: (complaint: string) => Error,
  { intervalMs, phaseMs, memory, signal, onPicture }: PlayOptions,
): Promise<undefined> {
  while (!signal.aborted) {
    const picture = await fetchPicture(url, failure, memory, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!picture || signal.aborted) return;
    onPicture(picture);
    const turn = Math.floor((Date.now() - phaseMs) / intervalMs) + 1;
    await delay(turn * intervalMs + phaseMs - Date.now(), undefined, { signal }).catch(() => {});
  }
}

/** One request, one picture. */
export async function fetchPicture(
  url: string,
  failure: (complaint: string) => Error,
  memory: PixelMemory,
  signal: AbortSignal,
): Promise<RgbPicture> {
  try {
    const { statusCode, body } = await get(url, signal, { withCredentials: true });
    const bytes = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) throw new Error(`answers ${statusCode}`);
    return await decode(bytes, memory);
  } catch (error) {
    throw failure(describeFailure(error));
  }
}

async function decode(bytes: Buffer, memory: PixelMemory): Promise<RgbPicture> {
  const upright = sharp(bytes).rotate().toColourspace("srgb").removeAlpha();
  const { data, info } = await upright
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw new Error("invalid data: not a picture");
    });
  const picture = memory.take(info);
  picture.pixels.set(data);
  return picture;
}
