import { randomBytes } from "node:crypto";
import sharp from "sharp";
import { expect, test } from "vitest";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import { streamKindOf } from "../../../src/runtime/detector/sources/kind.ts";
import { fetchPicture } from "../../../src/runtime/detector/sources/snapshot.ts";
import { startHastyServer } from "../../support/hasty-server.ts";

// nodejs/undici#5360 would end the process if a body were paused meanwhile: decision 29.
test.each([150, 180, 210])(
  "a snapshot of %i rows is taken from a camera that hangs up at once",
  async (height) => {
    const size = { width: 160, height };
    const pixels = randomBytes(size.width * height * 3);
    const png = await sharp(pixels, { raw: { ...size, channels: 3 } })
      .png()
      .toBuffer();
    const { signal } = new AbortController();
    const failure = (complaint: string) => new Error(complaint);
    for (const length of [{ "content-length": `${png.length}` }, {}]) {
      const url = await startHastyServer(png, { "content-type": "image/png", ...length });
      expect(await streamKindOf(url, failure, signal)).toBe("snapshot");
      const picture = await fetchPicture(url, failure, createPixelMemory(), signal);
      expect(picture).toMatchObject(size);
      expect(pixels.equals(picture.pixels)).toBe(true);
    }
  },
);
