import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, type TestContext, test } from "vitest";
import type { Config } from "../../../src/config/config.ts";
import { type CameraStatus, cameraStatusKey } from "../../../src/messages/camera-status.ts";
import type { CameraState } from "../../../src/runtime/detector/camera.ts";
import { type Detector, startDetector } from "../../../src/runtime/detector/detector.ts";
import { openContext } from "../../support/context.ts";
import { freePort } from "../../support/free-port.ts";
import { lacks } from "../../support/machine.ts";
import { h264File, startRtspServer } from "../../support/rtsp.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { detectionsOn, detectorConfig, liveCamera, model } from "./support.ts";

const skip = lacks("ffmpeg", "video", "model", "rtsp");
const directory = temporaryDirectory();
const road = skip ? "" : await h264File(directory, "road.h264");

async function start({ onTestFinished }: TestContext, config: Config) {
  const { context, close } = await openContext(config);
  onTestFinished(close);
  const states: string[] = [];
  await context.store.subscribe("tmon:camera-status:*", (_, message) => {
    const { state } = JSON.parse(message) as CameraStatus;
    if (state !== states.at(-1)) states.push(state);
  });
  const detector = await startDetector(context);
  onTestFinished(() => detector.stop());
  const status = async (id = "cam-1") => {
    const entry = await context.store.get(cameraStatusKey(id));
    return entry && (JSON.parse(`${entry}`) as CameraStatus);
  };
  return { detector, context, states, status };
}

const camera = (detector: Detector): CameraState => detector.cameras()[0]!;
const frameAge = (detector: Detector) => Date.now() - (camera(detector).lastFrameAt ?? 0);

/** Process ids of the ffmpegs that belong to this process. */
async function ourFfmpegs(parent = process.pid): Promise<number[]> {
  const { stdout } = await execa("ps", ["-eo", "pid=,ppid=,stat=,comm="]);
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, stat, name]) => Number(ppid) === parent && name === "ffmpeg" && !stat?.startsWith("Z"))
    .map(([pid]) => Number(pid));
}

describe.skipIf(skip)("an RTSP camera", () => {
  test("plays: one picture an interval, of what it shows now, and says so", async (test) => {
    const server = await startRtspServer({ road });
    const { detector, context, status } = await start(
      test,
      detectorConfig([liveCamera("cam-1", `${server.url}/road`, 500)]),
    );
    await detector.firstFrames;
    await until(() => camera(detector).frames >= 6);
    expect(await status()).toMatchObject({
      state: "live",
      source: "live",
      url: `${server.url}/road`,
      intervalMs: 500,
      instance: context.instance,
    });
    await detector.drain();
    const detections = await detectionsOn(context);
    expect(detections[0]).toMatchObject({ source: "live", imageWidth: 640, imageHeight: 360 });
    const captured = detections.map(({ trace }) => trace.capturedAt as number);
    // Not the frames that gathered while it was opened, one after the other at once.
    for (const [index, at] of captured.slice(3).entries())
      expect(at - captured[index + 2]!).toBeGreaterThan(250);
    expect(await ourFfmpegs()).toEqual([]);
  });

  test("key frames alone are decoded where they come often enough", async (test) => {
    const rare = await h264File(directory, "rare.h264", { keyEvery: 72 });
    const server = await startRtspServer({ road, rare });
    const { detector } = await start(
      test,
      detectorConfig([
        liveCamera("often", `${server.url}/road`, 1200),
        liveCamera("rare", `${server.url}/rare`, 1200),
      ]),
    );
    await until(() => detector.cameras().every(({ frames }) => frames >= 2));
    const lines = await Promise.all(
      (await ourFfmpegs()).map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8")),
    );
    expect(lines.filter((line) => line.includes("nokey"))).toHaveLength(1);
    expect(lines).toHaveLength(2);
  });

  test("killed: backs off, and is live again after the server's return", async (test) => {
    const server = await startRtspServer({ road });
    const { detector, context, states, status } = await start(
      test,
      detectorConfig([liveCamera("cam-1", `${server.url}/road`, 300)]),
    );
    await until(() => camera(detector).frames >= 3);
    const metrics = () => context.metrics.registry.metrics();
    expect(await metrics()).toMatch(/^tmon_active_cameras 1$/m);
    await server.kill();
    await until(async () =>
      /^tmon_camera_state\{camera_id="cam-1",state="backing_off"\} 1$/m.test(await metrics()),
    );
    expect(await metrics()).toMatch(/^tmon_camera_state\{camera_id="cam-1",state="live"\} 0$/m);
    expect(await metrics()).toMatch(/^tmon_active_cameras 0$/m);
    await until(async () => /broke off|connection refused/.test((await status())?.reason ?? ""));
    await until(() => camera(detector).restarts >= 3);
    await until(async () => /^tmon_camera_restarts_total\{camera_id="cam-1"\} [3-9]/m.test(await metrics()));
    const { frames } = camera(detector);
    await server.restart();
    await until(() => camera(detector).state === "live");
    await until(() => camera(detector).frames > frames + 2);
    expect(states).toEqual(expect.arrayContaining(["live", "backing_off", "connecting"]));
    expect(await ourFfmpegs()).toHaveLength(1);
  });

  test("frozen: stopping leaves no ffmpeg behind, and no status", async (test) => {
    const server = await startRtspServer({ road });
    const { detector, status } = await start(
      test,
      detectorConfig([liveCamera("cam-1", `${server.url}/road`, 300)]),
    );
    await until(() => camera(detector).frames >= 2);
    server.freeze();
    await detector.stop();
    expect(await ourFfmpegs()).toEqual([]);
    expect(await status()).toBeUndefined();
  });

  test("a right password plays, and no process shows it", async (test) => {
    const server = await startRtspServer({ road }, "admin:open sesame/@");
    const url = server.url.replace("//", "//admin:open%20sesame%2F%40@");
    // As a configuration's ${VARIABLE} would have it.
    process.env.CAMERA_PASSWORD = "open sesame/@";
    test.onTestFinished(() => void delete process.env.CAMERA_PASSWORD);
    const { detector } = await start(test, detectorConfig([liveCamera("cam-1", `${url}/road`, 300)]));
    await until(() => camera(detector).frames >= 3);
    const [pid] = await ourFfmpegs();
    for (const file of ["cmdline", "environ"])
      expect(await readFile(`/proc/${pid}/${file}`, "utf8")).not.toContain("sesame");
    for (const process of await readdir("/proc")) {
      if (!/^\d+$/.test(process) || Number(process) === server.pid) continue;
      const line = await readFile(`/proc/${process}/cmdline`, "utf8").catch(() => "");
      expect(line).not.toContain("sesame%2F");
    }
  });
});

// Side by side, for they mostly wait. The others count the ffmpegs of this process.
describe.skipIf(skip).concurrent("an RTSP camera that is not there, or no longer", () => {
  test("gone from its server for a while: a stream that has played is not given up", async (test) => {
    const server = await startRtspServer({ road });
    const { detector } = await start(test, detectorConfig([liveCamera("cam-1", `${server.url}/road`, 300)]));
    await until(() => camera(detector).frames >= 3);
    await server.kill();
    await server.restart({ other: road });
    await until(() => camera(detector).reason?.includes("no such stream"));
    expect(camera(detector).state).not.toBe("failed");
    await server.kill();
    await server.restart();
    await until(() => camera(detector).state === "live");
  });

  test("frozen: stalled once a picture is overdue, its age counts on, nothing old is delivered, then live", async (test) => {
    const server = await startRtspServer({ road });
    const { detector, context, states } = await start(
      test,
      detectorConfig([liveCamera("cam-1", `${server.url}/road`, 300)]),
    );
    await until(() => camera(detector).frames >= 3);
    server.freeze();
    await until(() => states.includes("stalled"));
    expect(frameAge(detector)).toBeGreaterThan(4900);
    expect(camera(detector)).toMatchObject({ reason: "no pictures come", reasonCode: "no_pictures" });
    const { frames, lastFrameAt } = camera(detector);
    await until(async () =>
      /^tmon_camera_frame_age_seconds\{camera_id="cam-1"\} [6-9]/m.test(
        await context.metrics.registry.metrics(),
      ),
    );
    expect(camera(detector)).toMatchObject({ frames, lastFrameAt });
    server.thaw();
    await until(() => camera(detector).state === "live");
    expect(frameAge(detector)).toBeLessThan(2000);
  });

  test("a wrong password: failed, said plainly, and visible nowhere", async (test) => {
    const server = await startRtspServer({ road }, "admin:open-sesame");
    const url = server.url.replace("//", "//admin:wrong-sesame@");
    const { detector, status } = await start(test, detectorConfig([liveCamera("cam-1", `${url}/road`)]));
    const failed = await until(async () => [await status()].find((each) => each?.state === "failed"));
    expect(failed).toMatchObject({
      reason: "wrong user name or password",
      reasonCode: "wrong_credentials",
      url: `rtsp://…@127.0.0.1:${server.port}/road`,
    });
    expect(JSON.stringify(detector.stats())).not.toContain("sesame");
    await detector.firstFrames;
  });

  test("none at all: the detector starts, tells what is wrong, and plays it once it is there", async (test) => {
    const server = await startRtspServer({ road });
    await server.kill();
    const { detector, context } = await start(
      test,
      detectorConfig([liveCamera("cam-1", `${server.url}/road`, 300)]),
    );
    await until(() => camera(detector).state === "backing_off");
    expect(camera(detector).reason).toContain("connection refused");
    expect(context.health.notReady()).toEqual([
      { name: "detector", reason: expect.stringContaining("connection refused") },
    ]);
    await server.restart();
    await until(() => camera(detector).state === "live");
  });

  test("a camera that is never there does not keep the others from being live", async (test) => {
    const server = await startRtspServer({ road });
    const gone = `rtsp://127.0.0.1:${await freePort()}/road`;
    const { detector } = await start(
      test,
      detectorConfig([liveCamera("cam-1", `${server.url}/road`, 300), liveCamera("gone", gone, 300)]),
    );
    await until(() => detector.liveCameras() === 1);
    await until(() => detector.cameras().find(({ id }) => id === "gone")?.state === "backing_off");
  });
});

describe.skipIf(skip).concurrent("no ffmpeg outlives a detector that was killed", () => {
  const startChild = async (url: string) => {
    const child = execa(
      process.execPath,
      [
        ...["--import", fileURLToPath(new URL("../../../scripts/typescript.mjs", import.meta.url))],
        ...[fileURLToPath(new URL("child.ts", import.meta.url)), temporaryDirectory(), model, url],
      ],
      { reject: false, buffer: false },
    );
    let said = "";
    child.stdout.on("data", (text) => (said += text));
    child.stderr.resume();
    await until(() => said.includes("live"));
    const pids = await until(async () => {
      const pids = await ourFfmpegs(child.pid);
      return pids.length > 0 && pids;
    });
    return { child, pids };
  };
  const alive = (pids: number[]) =>
    pids.filter((pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    });

  test.each(["playing", "frozen"])("with its camera %s", async (how) => {
    const server = await startRtspServer({ road });
    const { child, pids } = await startChild(`${server.url}/road`);
    if (how === "frozen") server.freeze();
    child.kill("SIGKILL");
    await child;
    await until(() => alive(pids).length === 0);
    server.thaw();
  });
});
