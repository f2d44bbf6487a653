import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import { openLiveSource } from "../../../src/runtime/detector/sources/live.ts";
import { lacks } from "../../support/machine.ts";
import { startRtspServer } from "../../support/rtsp.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { liveCamera } from "./support.ts";

const framesASecond = 24;
const count = 192;

/** 8 s whose every frame tells its number: it is as bright. */
async function numberedFrames(directory: string): Promise<string> {
  const file = join(directory, "numbered.h264");
  const picture = `color=black:s=64x64:r=${framesASecond},format=yuv420p,geq=lum=16+mod(N\\,${count}):cb=128:cr=128`;
  const parameters = "aud=1:bframes=0:keyint=12:min-keyint=12:scenecut=0:qp=4";
  await execa("ffmpeg", [
    ...["-v", "error", "-f", "lavfi", "-i", picture, "-frames:v", `${count}`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", parameters, "-f", "h264", file],
  ]);
  return file;
}

const numberOf = (pixels: Uint8Array) => Math.round(((pixels[0] ?? 0) * 219) / 255);

test.skipIf(lacks("ffmpeg", "rtsp"))(
  "what waited while a camera stood still for a moment is not delivered",
  async () => {
    const server = await startRtspServer({ numbered: await numberedFrames(temporaryDirectory()) });
    const stop = new AbortController();
    /** How much older than the first frames each was, s. */
    const ages: number[] = [];
    const startedAt = performance.now();
    const source = openLiveSource(liveCamera("cam-1", `${server.url}/numbered`));
    const memory = createPixelMemory();
    const playing = source.play({
      ...{ intervalMs: 200, phaseMs: 0, memory, signal: stop.signal },
      onPicture(picture) {
        const shown = numberOf(picture.pixels) / framesASecond;
        const passed = (performance.now() - startedAt) / 1000;
        ages.push(passed - shown);
        memory.give(picture);
      },
    });
    const period = count / framesASecond;
    const between = (age: number, usual: number) =>
      ((((age - usual + period / 2) % period) + period) % period) - period / 2;

    await until(() => ages.length >= 8);
    const usual = ages.at(-1) ?? 0;
    server.freeze();
    const frozenAt = performance.now();
    await until(() => performance.now() - frozenAt > 3500);
    const before = ages.length;
    server.thaw();
    await until(() => ages.length >= before + 5);
    stop.abort();
    await playing;
    for (const age of ages.slice(before)) expect(between(age, usual)).toBeLessThan(1.5);
  },
);
