import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterEach, describe, expect, test } from "vitest";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import { complaintsOf } from "../../../src/runtime/detector/sources/complaints.ts";
import { openSource, openSources } from "../../../src/runtime/detector/sources/open.ts";
import { lacks } from "../../support/machine.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { ffmpegsOf, fileCamera, model, road, roadClip } from "./support.ts";

const directory = temporaryDirectory();
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

async function fileWith(name: string, content: string | Buffer): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, content);
  return file;
}

/** Plays a source until it delivered so many pictures; answers with the times they came, ms from the first. */
async function play(url: string, count: number, { intervalMs = 100, phaseMs = 0 } = {}): Promise<number[]> {
  const stop = new AbortController();
  const times: number[] = [];
  const memory = createPixelMemory();
  const source = await openSource(fileCamera("cam-1", url));
  await source.play({
    intervalMs,
    phaseMs,
    memory,
    signal: stop.signal,
    onPicture(picture) {
      times.push(performance.now());
      memory.give(picture);
      if (times.length === count) stop.abort();
    },
  });
  return times.map((time) => time - times[0]!);
}

describe.skipIf(lacks("ffmpeg", "video"))(
  "sources that cannot be played are refused before anything plays",
  () => {
    test("a missing file", async () => {
      await expect(openSource(fileCamera("cam-7", `file:${directory}/no.mp4`))).rejects.toMatchObject({
        code: "TMON_SOURCE_NOT_FOUND",
        message: `camera cam-7: there is no file ${directory}/no.mp4`,
      });
    });

    test("an empty file, a directory", async () => {
      const empty = await fileWith("empty.mp4", "");
      await expect(openSource(fileCamera("cam-1", `file:${empty}`))).rejects.toMatchObject({
        code: "TMON_SOURCE_UNREADABLE",
        message: expect.stringContaining("it is empty"),
      });
      await expect(openSource(fileCamera("cam-1", `file:${directory}`))).rejects.toMatchObject({
        code: "TMON_SOURCE_UNREADABLE",
      });
    });

    test.each([
      ["text.mp4", "this is no video"],
      ["notes.txt", "this is no video"],
    ])("%s: ffmpeg's reason in one line, without its addresses", async (name, content) => {
      const file = await fileWith(name, content);
      const error = await openSource(fileCamera("cam-1", `file:${file}`)).catch((error) => error);
      expect(error.code).toBe("TMON_SOURCE_UNREADABLE");
      expect(error.message).toMatch(/cannot be played: \S/);
      expect(error.message).not.toMatch(/\n|0x/);
    });

    test("a sound file", async () => {
      const sound = join(directory, "sound.wav");
      await execa("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "sine=d=1", sound]);
      await expect(openSource(fileCamera("cam-1", `file:${sound}`))).rejects.toMatchObject({
        code: "TMON_SOURCE_UNREADABLE",
      });
    });

    test("a file cut off before its index", async () => {
      const cut = await fileWith("cut.mp4", (await readFile(road)).subarray(0, 300_000));
      await expect(openSource(fileCamera("cam-1", `file:${cut}`))).rejects.toMatchObject({
        code: "TMON_SOURCE_UNREADABLE",
        message: expect.stringContaining("moov atom not found"),
      });
    });

    test("a scheme this version cannot read, its password not shown", async () => {
      const camera = {
        ...fileCamera("cam-1", "ftp://user:hidden@host/1"),
        shownUrl: "ftp://…@host/1",
      };
      const error = await openSource(camera).catch((error) => error);
      expect(error.code).toBe("TMON_SOURCE_UNSUPPORTED");
      expect(`${error.message} ${error.todo}`).not.toContain("hidden");
    });

    test("no ffmpeg: says what to install", async () => {
      process.env.PATH = directory;
      await expect(openSource(fileCamera("cam-1", `file:${road}`))).rejects.toMatchObject({
        code: "TMON_NO_FFMPEG",
        todo: expect.stringContaining("install"),
      });
    });

    test("of several bad ones the first is named", async () => {
      const cameras = [
        fileCamera("good", `file:${road}`),
        fileCamera("bad-1", "file:/none-1"),
        fileCamera("bad-2", "file:/none-2"),
      ];
      await expect(openSources(cameras, 2)).rejects.toThrow(/camera bad-1/);
    });

    test("ffmpeg's lines lose addresses and passwords", () => {
      const stderr =
        "[rtsp @ 0x55d1] [tcp @ 0x1] Connection to rtsp://user:hidden@cam.example:554/1 failed\r\n\n  partial file \n";
      expect(complaintsOf(stderr)).toEqual([
        "Connection to rtsp://…@cam.example:554/1 failed",
        "partial file",
      ]);
    });
  },
);

describe.skipIf(lacks("ffmpeg", "video"))("a file plays", () => {
  test("as a path with odd characters, and as a file:// URL", async () => {
    const odd = await fileWith("a b%20'c[1].mp4", await readFile(await roadClip(directory, "clip.mp4", 1)));
    expect(await play(`file:${odd}`, 2)).toHaveLength(2);
    expect(await play(pathToFileURL(odd).href, 2)).toHaveLength(2);
  });

  test("one picture an interval of its own time, whole ones only", async () => {
    const clip = await roadClip(directory, "clip-of-four.mp4", 1.5);
    const times = await play(`file:${clip}`, Number.POSITIVE_INFINITY, { intervalMs: 500 });
    expect(times).toHaveLength(4);
  });

  test("a phase shifts every picture but the first", async () => {
    const clip = await roadClip(directory, "phase.mp4", 2);
    const times = await play(`file:${clip}`, Number.POSITIVE_INFINITY, { intervalMs: 1000, phaseMs: 250 });
    // At 0 s, 0.25 s, 1.25 s of the file.
    expect(times).toHaveLength(3);
  });
});

test.skipIf(lacks("ffmpeg", "video", "model"))("no ffmpeg outlives a detector that was killed", async () => {
  const clip = await roadClip(directory, "orphan.mp4", 2);
  const child = execa(
    process.execPath,
    [
      ...["--import", fileURLToPath(new URL("../../../scripts/typescript.mjs", import.meta.url))],
      ...[
        fileURLToPath(new URL("child.ts", import.meta.url)),
        temporaryDirectory(),
        model,
        `file:${clip}?loop=1`,
      ],
    ],
    { reject: false, buffer: false },
  );
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
  });
  child.stderr.resume();
  await until(() => said.includes("live"));
  expect(await ffmpegsOf(clip)).toHaveLength(1);
  child.kill("SIGKILL");
  await child;
  await until(async () => (await ffmpegsOf(clip)).length === 0);
});
