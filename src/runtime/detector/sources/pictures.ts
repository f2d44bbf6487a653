import { bytesOf, type RgbPicture } from "../../../vision/picture.ts";
import type { PixelMemory } from "../pixel-memory.ts";

/**
 * ffmpeg's pictures on a pipe: PPM, whose header tells each one's size. A camera that changes its size while it
 * plays is scaled to the size it had first, so that no picture is garbage; opened anew it has its new size.
 */
export const asPictures = [
  ...["-fps_mode", "passthrough", "-c:v", "ppm"],
  // One encoder thread: with several, each picture would stay in the encoder until the next one comes.
  ...["-threads", "1", "-flush_packets", "1", "-f", "image2pipe"],
];

const longestHeader = 32;

/** Cuts a stream of PPM pictures (P6, 8 bit) out of the chunks it comes in. */
export function pictureCutter(
  memory: PixelMemory,
  onPicture: (picture: RgbPicture) => void,
): (chunk: Uint8Array) => void {
  let header = Buffer.alloc(0);
  let picture: RgbPicture | undefined;
  let filled = 0;

  /** Takes the header's bytes off the chunk; the rest begins with pixels, or is empty. */
  function readHeader(chunk: Uint8Array): Uint8Array {
    const before = header.length;
    header = Buffer.concat([header, chunk.subarray(0, longestHeader)]);
    const size = sizeIn(header);
    if (!size) return chunk.subarray(chunk.length);
    picture = memory.take(size);
    header = Buffer.alloc(0);
    return chunk.subarray(size.headerBytes - before);
  }

  return (chunk) => {
    for (let rest = chunk; rest.length > 0; ) {
      if (!picture) rest = readHeader(rest);
      if (!picture) return;
      const part = rest.subarray(0, bytesOf(picture) - filled);
      picture.pixels.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled < bytesOf(picture)) return;
      const whole = picture;
      picture = undefined;
      filled = 0;
      onPicture(whole);
    }
  };
}

/** "P6\n640 360\n255\n"; undefined while it is not whole. */
function sizeIn(header: Buffer): { width: number; height: number; headerBytes: number } | undefined {
  const found = /^P6\n(\d+) (\d+)\n255\n/.exec(header.toString("latin1"));
  return found
    ? { width: Number(found[1]), height: Number(found[2]), headerBytes: found[0].length }
    : undefined;
}
