import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import { openLiveSource } from "../../../src/runtime/detector/sources/live.ts";
import type { RgbPicture } from "../../../src/vision/picture.ts";
import { startHttpCamera, writeHls } from "../../support/http-camera.ts";
import { lacks } from "../../support/machine.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { liveCamera } from "./support.ts";

const directory = temporaryDirectory();

/** Plays until so many pictures came, or it failed. */
async function play(url: string, count: number, intervalMs = 300): Promise<RgbPicture[]> {
  const stop = new AbortController();
  const pictures: RgbPicture[] = [];
  const source = openLiveSource(liveCamera("cam-1", url));
  await source.play({
    ...{ intervalMs, phaseMs: 0, memory: createPixelMemory(), signal: stop.signal },
    onPicture(picture) {
      pictures.push(picture);
      if (pictures.length >= count) stop.abort();
    },
  });
  return pictures;
}

const isRoad = ({ width, height, pixels }: RgbPicture) =>
  width === 640 && height === 360 && pixels.some((value) => value > 60);

describe.skipIf(lacks("ffmpeg", "video"))("an HTTP camera", { concurrent: true }, () => {
  test("MJPEG plays on and on, though its frames have no times", async ({ expect }) => {
    const camera = await startHttpCamera(directory);
    const pictures = await play(`${camera.url}/mjpeg`, 9, 1500);
    expect(pictures).toHaveLength(9);
    expect(pictures.every(isRoad)).toBe(true);
  });

  test("HLS plays, with its credentials", async ({ expect }) => {
    mkdirSync(join(directory, "hls"));
    writeHls(directory);
    await until(() => existsSync(join(directory, "hls/live.m3u8")));
    const authorization = `Basic ${Buffer.from("user:pass@word").toString("base64")}`;
    const camera = await startHttpCamera(directory, { authorization });
    const url = camera.url.replace("//", "//user:pass%40word@");
    expect((await play(`${url}/hls/live.m3u8`, 6)).every(isRoad)).toBe(true);
  });

  test("a snapshot that does not end is no picture, and is not read on", async ({ expect }) => {
    const camera = await startHttpCamera(directory);
    await expect(play(`${camera.url}/endless.jpg`, 1)).rejects.toMatchObject({
      code: "TMON_SOURCE_UNREADABLE",
    });
    expect(camera.endlessBytes()).toBeLessThan(60e6);
  });

  test("snapshots are asked for once an interval, with the credentials of the URL", async ({ expect }) => {
    const authorization = `Basic ${Buffer.from("user:pass@word").toString("base64")}`;
    const camera = await startHttpCamera(directory, { authorization });
    const url = camera.url.replace("//", "//user:pass%40word@");
    const pictures = await play(`${url}/snapshot.jpg`, 5, 100);
    expect(pictures).toHaveLength(5);
    expect(pictures.every(isRoad)).toBe(true);
    // Two more to learn what it is, and whether it wants the credentials.
    expect(camera.requests()).toBe(7);
  });

  test("what does not work is told apart", async ({ expect }) => {
    const camera = await startHttpCamera(directory, { authorization: "Basic none" });
    const open = await startHttpCamera(directory);
    await expect(play(`${camera.url}/snapshot.jpg`, 1)).rejects.toMatchObject({
      code: "TMON_SOURCE_REFUSED",
      message: expect.stringContaining("asks for a user name and a password"),
    });
    const wrong = play(`${camera.url.replace("//", "//user:hidden@")}/mjpeg`, 1);
    await expect(wrong).rejects.toMatchObject({
      code: "TMON_SOURCE_REFUSED",
      message: `http://…@${new URL(camera.url).host}/mjpeg: wrong user name or password`,
    });
    await expect(play(`${open.url}/nothing`, 1)).rejects.toMatchObject({ code: "TMON_SOURCE_NOT_FOUND" });
    await expect(play(`${open.url}/page.html`, 1)).rejects.toMatchObject({
      code: "TMON_SOURCE_UNREADABLE",
      message: expect.stringContaining("not with video"),
    });
    await open.close();
    await expect(play(`${open.url}/mjpeg`, 1)).rejects.toMatchObject({
      code: "TMON_SOURCE_UNREACHABLE",
      message: expect.stringContaining("connection refused"),
    });
  });

  test("a stream that ends broke off, whatever its status", async ({ expect }) => {
    const camera = await startHttpCamera(directory);
    const broken = expect(play(`${camera.url}/mjpeg`, 1000)).rejects.toMatchObject({
      code: "TMON_SOURCE_BROKEN",
    });
    // What it is, how it comes, and then the stream.
    await until(() => camera.requests() >= 3);
    await camera.close();
    await broken;
  });
});
