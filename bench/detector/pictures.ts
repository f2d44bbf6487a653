import { execa } from "execa";
import sharp from "sharp";
import { createPixelMemory } from "../../src/runtime/detector/pixel-memory.ts";
import type { RgbPicture } from "../../src/vision/picture.ts";
import { sharedFile } from "../../test/support/shared.ts";

const memory = createPixelMemory();
const size = { width: 640, height: 360 };

/** Frames spread over the whole of road.mp4, decoded. */
export async function decodeRoad(count: number): Promise<RgbPicture[]> {
  const every = Math.floor(480 / count);
  const { stdout } = await execa(
    "ffmpeg",
    ["-v", "error", "-i", sharedFile("videos/road.mp4"), "-vf", `select=not(mod(n\\,${every}))`].concat([
      ...["-fps_mode", "passthrough", "-frames:v", `${count}`, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
    ]),
    { encoding: "buffer" },
  );
  const length = size.width * size.height * 3;
  return Array.from({ length: count }, (_, index) =>
    shared(stdout.subarray(index * length, (index + 1) * length), size),
  );
}

/** The pictures as the model takes them: square, grey around. */
export async function fitToInput(pictures: readonly RgbPicture[], side: number): Promise<RgbPicture[]> {
  return Promise.all(
    pictures.map(async ({ pixels, width, height }) => {
      const fitted = sharp(pixels, { raw: { width, height, channels: 3 } }).resize(side, side, {
        fit: "contain",
        position: "left top",
        background: { r: 114, g: 114, b: 114 },
      });
      return shared(await fitted.raw().toBuffer(), { width: side, height: side });
    }),
  );
}

function shared(pixels: Uint8Array, { width, height }: { width: number; height: number }): RgbPicture {
  const picture = memory.take({ width, height });
  picture.pixels.set(pixels);
  return picture;
}
