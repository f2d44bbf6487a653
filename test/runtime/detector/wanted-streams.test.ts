import { describe, expect, type TestContext, test } from "vitest";
import type { CameraConfig, Config } from "../../../src/config/config.ts";
import { type CameraStatus, cameraStatusKey } from "../../../src/messages/camera-status.ts";
import { type Detector, startDetector } from "../../../src/runtime/detector/detector.ts";
import type { RoleContext } from "../../../src/runtime/role.ts";
import { createStreamDesk } from "../../../src/runtime/stream-desk.ts";
import { wantStream } from "../../../src/runtime/wanted-streams.ts";
import { openContext } from "../../support/context.ts";
import { lacks } from "../../support/machine.ts";
import { h264File, type RtspServer, startRtspServer } from "../../support/rtsp.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { detectorConfig, liveCamera } from "./support.ts";

const skip = lacks("ffmpeg", "video", "model", "rtsp");
const road = skip ? "" : await h264File(temporaryDirectory(), "road.h264");
const server = skip ? ({} as RtspServer) : await startRtspServer({ road, other: road }, "admin:sesame");
const urlOf = (path: string) => `${server.url?.replace("//", "//admin:sesame@")}/${path}`;

function allowing(hosts: string[], cameras: CameraConfig[] = []): Config {
  const config = detectorConfig(cameras, { intervalMs: 300, workers: 1 });
  return { ...config, web: { ...config.web, streams: { schemes: ["rtsp"], hosts } } };
}

async function open({ onTestFinished }: TestContext, config: Config) {
  const { context, close } = await openContext(config);
  onTestFinished(close);
  const desk = createStreamDesk(context);
  onTestFinished(() => desk.close());
  const startAs = async (instance: string): Promise<Detector> => {
    const detector = await startDetector({ ...context, instance });
    onTestFinished(() => detector.stop());
    return detector;
  };
  return { context, desk, startAs, status: statusIn(context) };
}

const statusIn = (context: RoleContext) => async (id: string) => {
  const entry = await context.store.get(cameraStatusKey(id));
  return entry && (JSON.parse(`${entry}`) as CameraStatus);
};

// Side by side: most of their time they wait for a camera or a lease.
describe.skipIf(skip).concurrent("a stream that a screen wants", () => {
  test("starts, and stops when nobody wants it any more", async (test) => {
    const { desk, startAs, status, context } = await open(test, allowing(["127.0.0.1"]));
    const ends: string[] = [];
    await context.store.subscribe(cameraStatusKey("extra"), (_, message) => {
      const { state, reason } = JSON.parse(message) as CameraStatus;
      if (state === "ended") ends.push(`${reason}`);
    });
    const detector = await startAs("one");
    expect(await desk.start("socket-1", "extra", urlOf("road"))).toMatchObject({ status: 1 });
    await until(async () => (await status("extra"))?.state === "live");
    expect(await desk.start("socket-2", "extra", urlOf("road"))).toEqual({
      status: 1,
      message: "the camera delivers pictures",
    });
    expect((await status("extra"))?.url).toBe(`rtsp://…@127.0.0.1:${server.port}/road`);

    expect(await desk.stop("socket-1", "extra")).toEqual({
      status: 1,
      message: "camera extra goes on: somebody else wants it",
    });
    expect(detector.cameras()).toHaveLength(1);
    await desk.leave("socket-2");
    await until(() => detector.cameras().length === 0);
    await until(async () => (await status("extra")) === undefined);
    await until(() => ends.length > 0);
    expect(ends).toEqual(["nobody wants it any more"]);
  });

  test("is taken up again by the next detector, and is one detector's at a time", async (test) => {
    const { desk, startAs, status } = await open(test, allowing(["127.0.0.1"]));
    const first = await startAs("first");
    await desk.start("socket", "extra", urlOf("road"));
    await desk.start("socket", "another", urlOf("other"));
    await until(() => first.liveCameras() === 2);
    const second = await startAs("second");
    await until(() => first.liveCameras() === 1 && second.liveCameras() === 1);
    await first.stop();
    await until(() => second.liveCameras() === 2);
    await until(async () => (await status("extra"))?.instance === "second");
  });

  test("ends with a gateway that is gone, without a word of it", async (test) => {
    const { context, startAs } = await open(test, allowing(["127.0.0.1"]));
    const detector = await startAs("one");
    // As a gateway would have left it that was killed: nobody renews it.
    await wantStream(context.store, { cameraId: "extra", url: urlOf("road"), owner: "killed", since: 1 });
    await until(() => detector.liveCameras() === 1);
    await until(() => detector.cameras().length === 0);
  });

  test("is refused where no host, or another one, is allowed, and then no detector opens it", async (test) => {
    const none = await open(test, allowing([], [liveCamera("cam-1", urlOf("road"))]));
    const detector = await none.startAs("one");
    expect(await none.desk.start("socket", "extra", urlOf("road"))).toEqual({
      status: 0,
      message: expect.stringContaining("web.streams.hosts"),
    });
    await wantStream(none.context.store, { cameraId: "x", url: urlOf("road"), owner: "else", since: 1 });
    expect(await none.desk.check("extra", urlOf("road"))).toMatchObject({ status: 0 });
    expect(await none.desk.stop("socket", "x")).toMatchObject({ status: 1 });
    expect(detector.cameras().map(({ id }) => id)).toEqual(["cam-1"]);
  });

  test("never takes the place of a configured camera, and never stops one", async (test) => {
    const configured = liveCamera("cam-1", urlOf("road"), 300);
    const { desk, startAs, status } = await open(test, allowing(["*"], [configured]));
    const detector = await startAs("one");
    await until(() => detector.liveCameras() === 1);
    expect(await desk.start("socket", "cam-1", urlOf("road"))).toMatchObject({ status: 1 });
    expect(await desk.start("socket", "cam-1", urlOf("other"))).toEqual({
      status: 0,
      message: "camera cam-1 is configured, with another URL: it cannot be replaced from here",
    });
    expect(await desk.stop("socket", "cam-1")).toMatchObject({ status: 0 });
    await desk.leave("socket");
    expect((await status("cam-1"))?.state).toBe("live");
  });

  test("is checked: a running camera answers for itself, another's URL is tried", async (test) => {
    const { desk, startAs } = await open(test, allowing(["127.0.0.1"]));
    await startAs("one");
    expect(await desk.check("extra", urlOf("road"))).toEqual({
      status: 1,
      message: "the camera delivers: h264, 640x360",
    });
    const wrong = urlOf("road").replace("sesame", "wrong");
    expect(await desk.check("extra", wrong)).toEqual({
      status: 0,
      message: `rtsp://…@127.0.0.1:${server.port}/road: wrong user name or password`,
    });
    expect(await desk.check("extra")).toEqual({ status: 0, message: "camera extra is not running" });
    await desk.start("socket", "extra", urlOf("road"));
    await until(async () => (await desk.check("extra")).status === 1);
  });

  test("by two screens under one id is the first one's", async (test) => {
    const { desk, startAs } = await open(test, allowing(["127.0.0.1"]));
    await startAs("one");
    expect(await desk.start("socket-1", "extra", urlOf("road"))).toMatchObject({ status: 1 });
    expect(await desk.start("socket-2", "extra", urlOf("other"))).toMatchObject({
      status: 0,
      message: expect.stringContaining("another URL"),
    });
  });
});

test("without a detector there is an answer all the same", async (test) => {
  const { desk } = await open(test, allowing(["*"]));
  expect(await desk.stop("socket", "extra")).toEqual({
    status: 0,
    message: "no detector answered: is one running?",
  });
});
