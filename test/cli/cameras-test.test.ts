import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";
import { lacks } from "../support/machine.ts";
import { h264File, startRtspServer } from "../support/rtsp.ts";
import { sharedFile } from "../support/shared.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const skip = lacks("ffmpeg", "video", "model", "rtsp");
const directory = temporaryDirectory();
const model = sharedFile("models/yolox_nano.onnx");
const road = skip ? "" : await h264File(directory, "road.h264");

/** Colours of the boxes: shares of the picture's pixels that are exactly that. */
async function boxPixels(file: string): Promise<number> {
  const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  let found = 0;
  for (let at = 0; at < data.length; at += 3)
    if (data[at] === 0x2e && data[at + 1] === 0xc4 && data[at + 2] === 0xb6) found++;
  return found;
}

describe.skipIf(skip)("tmon cameras test", () => {
  const test = (url: string, ...more: string[]) =>
    runTmon(["cameras", "test", url, "--picture", join(directory, "picture.png"), ...more]);

  it("says what an RTSP camera is, and draws what is in its picture", async () => {
    const server = await startRtspServer({ road });
    const { stdout, exitCode } = await test(`${server.url}/road`, "--model", model, "-o", "json");
    expect(exitCode).toBe(0);
    const facts = JSON.parse(stdout);
    expect(facts).toMatchObject({
      ...{ kind: "rtsp", codec: "h264", width: 640, height: 360, keyFrameIntervalMs: 1000 },
      ...{ keyFramesOnly: true, model: "yolox_nano" },
    });
    expect(Math.round(facts.framesPerSecond)).toBe(24);
    expect(facts).not.toHaveProperty("simulationModel");
    expect(facts.objects.length).toBeGreaterThan(0);
    expect(await boxPixels(facts.picture)).toBeGreaterThan(100);

    const table = (await test(`${server.url}/road`, "--interval", "500ms")).stdout;
    expect(table).toMatch(/^codec +h264$/m);
    expect(table).toMatch(/^key frames +every 1 s$/m);
    expect(table).toMatch(/^decoding +all frames: key frames are too rare/m);
    expect(table).toContain("without objects");
    expect(await boxPixels(facts.picture)).toBe(0);
  });

  it("takes a camera of cameras.yaml by its id, so that no password need stand on the command line", async () => {
    const server = await startRtspServer({ road }, "admin:sesame");
    const config = temporaryDirectory();
    const url = `${server.url.replace("//", "//admin:sesame@")}/road`;
    writeFileSync(join(config, "cameras.yaml"), `cameras: [{ id: north-gate, url: "${url}" }]`);
    const { stdout, exitCode } = await test("north-gate", "--config-dir", config);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("rtsp://…@127.0.0.1");
    const unknown = await test("south-gate", "--config-dir", config);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain("cameras.yaml has north-gate");
  });

  it.each(["rtsp://", "rtsp:/127.0.0.1/x", "http://viewer:p%zzq@127.0.0.1/x", "rtsp://127.0.0.1:99999/x"])(
    "%s cannot be read, and what to write is said; no password of it",
    async (url) => {
      const { exitCode, stderr } = await test(url);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/TMON_SOURCE_UNSUPPORTED: .*\n {2}what to do: write rtsp:\/\/HOST:PORT/);
      expect(stderr).not.toContain("zzq");
    },
  );

  it("says what a file is", async () => {
    const { stdout, exitCode } = await test(`file:${sharedFile("videos/road.mp4")}`, "-o", "json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "file", codec: "h264", width: 640, height: 360 });
  });

  it("tells apart why a camera does not play, each with what to do, and shows no password", async () => {
    const server = await startRtspServer({ road }, "admin:sesame");
    const login = server.url.replace("//", "//admin:wrong-sesame@");
    const closed = await freePort();
    const cases: [url: string, exitCode: number, said: RegExp][] = [
      [`${login}/road`, 2, /TMON_SOURCE_REFUSED: .*wrong user name or password/],
      [`${server.url}/road`, 2, /TMON_SOURCE_REFUSED: .*asks for a user name/],
      [`rtsp://admin:sesame@127.0.0.1:${closed}/road`, 3, /TMON_SOURCE_UNREACHABLE: .*connection refused/],
      ["rtsp://admin:sesame@host.invalid/road", 3, /TMON_SOURCE_UNREACHABLE: .*host is unknown/],
      ["gopher://admin:sesame@host/road", 2, /TMON_SOURCE_UNSUPPORTED: /],
    ];
    for (const [url, exitCode, said] of cases) {
      const result = await test(url);
      expect(result.stderr).toMatch(said);
      expect(result.stderr).toMatch(/\n {2}what to do: \S/);
      expect(result.stderr + result.stdout).not.toContain("sesame");
      expect(result.exitCode).toBe(exitCode);
    }
    const right = server.url.replace("//", "//admin:sesame@");
    const missing = await test(`${right}/nothing`);
    expect(missing.stderr).toMatch(/TMON_SOURCE_NOT_FOUND: .*no such stream/);
    server.freeze();
    const frozen = await test(`${right}/road`);
    expect(frozen.stderr).toMatch(/TMON_SOURCE_UNREACHABLE: .*no answer in time/);
    expect(frozen.exitCode).toBe(3);
    server.thaw();
  });
});

describe.skipIf(skip)("a camera's password on the command line of tmon up", () => {
  /** What a list of all processes shows, but the RTSP server itself. */
  const commandLines = (except: number) =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== except)
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, "utf8");
        } catch {
          return "";
        }
      });

  it.each([
    ["right", "correct-horse", "is live"],
    ["wrong", "wrong-horse", "is failed"],
  ])("is in no process list and no log: %s", async (_, password, becomes) => {
    const server = await startRtspServer({ road }, "admin:correct-horse");
    const camera = `${server.url.replace("//", `//admin:${password}@`)}/road`;
    const data = ["--data-dir", temporaryDirectory()];
    const args = ["--camera", camera, "--model", model, "--vlm", "sim", "--port", "0", ...data];
    const tmon = startTmon(["up", ...args, "--log-level", "trace"]);
    await tmon.says(becomes);
    expect(commandLines(server.pid).filter((line) => line.includes("horse"))).toEqual([]);
    tmon.kill("SIGTERM");
    expect(await tmon.ended).toMatchObject({ exitCode: 0 });
    expect(tmon.stderr() + tmon.stdout()).not.toContain("horse");
    await server.kill();
  });
});
