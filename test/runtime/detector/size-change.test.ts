import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import { openLiveSource } from "../../../src/runtime/detector/sources/live.ts";
import { lacks } from "../../support/machine.ts";
import { startRtspServer } from "../../support/rtsp.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { liveCamera } from "./support.ts";

const directory = temporaryDirectory();

/** A second of one colour. */
async function plain(colour: string, size: string): Promise<Buffer> {
  const file = join(directory, `${colour}.h264`);
  const parameters = "aud=1:bframes=0:keyint=12:min-keyint=12:scenecut=0:repeat-headers=1";
  await execa("ffmpeg", [
    ...["-v", "error", "-f", "lavfi", "-i", `color=${colour}:s=${size}:r=24:d=1`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", parameters, "-f", "h264", file],
  ]);
  return readFile(file);
}

test.skipIf(lacks("ffmpeg", "rtsp"))(
  "a camera that changes its size goes on in the size it had, and no picture is garbage",
  async () => {
    const file = join(directory, "both.h264");
    await writeFile(file, Buffer.concat([await plain("white", "320x240"), await plain("black", "640x360")]));
    const server = await startRtspServer({ both: file });
    const stop = new AbortController();
    const seen = new Set<string>();
    let pictures = 0;
    let widestRange = 0;
    await openLiveSource(liveCamera("cam-1", `${server.url}/both`)).play({
      ...{ intervalMs: 200, phaseMs: 0, memory: createPixelMemory(), signal: stop.signal },
      onPicture({ width, height, pixels }) {
        const [least, most] = pixels.reduce(
          ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
          [255, 0],
        );
        widestRange = Math.max(widestRange, most - least);
        if (++pictures > 2) seen.add(`${least > 128 ? "white" : "black"} ${width}x${height}`);
        if (pictures >= 14) stop.abort();
      },
    });
    expect(widestRange).toBeLessThan(8);
    expect(seen.size).toBe(2);
    expect(new Set([...seen].map((each) => each.split(" ")[1])).size).toBe(1);
  },
);
