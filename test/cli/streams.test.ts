import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { lacks } from "../support/machine.ts";
import { sharedFile } from "../support/shared.ts";
import { startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();
const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));
const run = (script: string, ...args: string[]) =>
  execa("bash", ["-c", script, process.execPath, program, ...args], { reject: false });

const up = (name: string) => {
  const camera = ["--camera", `file:${sharedFile("videos/road.mp4")}?loop=1`, "--interval", "300ms"];
  const model = ["--model", sharedFile("models/yolox_nano.onnx")];
  return ["up", ...camera, ...model, "--port", "0", "--data-dir", join(directory, name)];
};

describe.skipIf(!existsSync("/dev/full"))("a full disk under stdout", () => {
  it.each([
    ["schema", "incidents"],
    ["up", "--help"],
  ])("%s %s ends with its own code and no stack", async (...args) => {
    const { exitCode, stderr } = await run('exec "$0" "$@" >/dev/full', ...args);
    expect(stderr).toMatch(/^tmon: TMON_DISK_FULL: no room to write.*\n {2}what to do: .*$/);
    expect(exitCode).toBe(3);
  });
});

describe.skipIf(lacks("ffmpeg", "video", "model"))("a running daemon", () => {
  it("goes on when nobody reads its log any more", async () => {
    const unread = await run('set -o pipefail; "$0" "$@" 2>&1 | head -1', ...up("unread"), "--for", "1s");
    expect(unread.exitCode).toBe(0);
  });

  it("closes what it holds before an error that nobody caught ends it with 70", async () => {
    const fault = fileURLToPath(new URL("../support/throw-on-signal.mjs", import.meta.url));
    const running = startTmon(up("fallen"), { NODE_OPTIONS: `--import=${fault}` });
    await running.says("is live");
    running.kill("SIGUSR2");
    expect(await running.ended).toMatchObject({ exitCode: 70, signal: undefined });
    expect(running.stderr()).toContain("tmon: TMON_INTERNAL: a bug in tmon: off by one");
  });

  it("says last what it did", async () => {
    const running = startTmon([...up("summed"), "--for", "1s"]);
    expect(await running.ended).toMatchObject({ exitCode: 0 });
    expect(running.stderr().trim().split("\n").at(-1)).toMatch(
      /^tmon: stopped: \d+ frames?(, \d+ dropped)?, \d+ tasks?, \d+ results?( \(\d+ assessed\))?, \d+ push(es)?, 0 open$/,
    );
  });
});
