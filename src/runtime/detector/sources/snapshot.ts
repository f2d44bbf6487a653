import { setTimeout as delay } from "node:timers/promises";
import sharp from "sharp";
import type { RgbPicture } from "../../../vision/picture.ts";
import type { PixelMemory } from "../pixel-memory.ts";
import { describeFailure, get, mostBytes } from "./kind.ts";
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
    if (statusCode !== 200) {
      body.on("error", () => {}).destroy();
      throw new Error(`answers ${statusCode}`);
    }
    return await decode(await readAll(body), memory);
  } catch (error) {
    throw failure(describeFailure(error));
  }
}

const mostPixels = 50e6;

async function readAll(body: AsyncIterable<Buffer> & { destroy(): void }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      body.destroy();
      throw new Error(`invalid data: a picture of over ${mostBytes / 1e6} MB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function decode(bytes: Buffer, memory: PixelMemory): Promise<RgbPicture> {
  const upright = sharp(bytes, { limitInputPixels: mostPixels }).rotate().toColourspace("srgb").removeAlpha();
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
