import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { TmonError } from "../../../src/errors.ts";
import { type Camera, createCamera } from "../../../src/runtime/detector/camera.ts";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import type { PlayOptions, Source } from "../../../src/runtime/detector/sources/source.ts";
import { until } from "../../support/until.ts";
import { liveCamera } from "./support.ts";

const cameras: Camera[] = [];
afterEach(async () => {
  await Promise.all(cameras.splice(0).map((camera) => camera.stop()));
});

const picture = () => createPixelMemory().take({ width: 2, height: 2 });
const stopped = ({ signal }: PlayOptions) =>
  new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
const failure = (code: "TMON_SOURCE_UNREACHABLE" | "TMON_SOURCE_REFUSED", what: string) =>
  new TmonError(code, `rtsp://cam/1: ${what}`, "try again");

/** A camera whose source plays as told, the last of the ways for ever. */
function start(...ways: Source["play"][]) {
  let plays = 0;
  const source: Source = {
    play: (options) => ways[Math.min(plays++, ways.length - 1)]!(options),
    patience: () => ({ firstMs: 400, nextMs: 200 }),
  };
  const states: string[] = [];
  const lines: string[] = [];
  let pictures = 0;
  const camera = createCamera({
    ...{ config: liveCamera("cam-1", "rtsp://cam/1"), source, phaseMs: 0, memory: createPixelMemory() },
    log: pino({}, { write: (line: string) => void lines.push(JSON.parse(line).msg) }),
    now: () => 100_000,
    onPicture: () => pictures++,
    onStateChange: (camera) => states.push(camera.state().state),
  });
  cameras.push(camera);
  camera.start();
  return { camera, states, lines, plays: () => plays, pictures: () => pictures };
}

test("a source without a picture in time is opened anew, and only told of once", async () => {
  const { camera, plays, lines } = start(stopped);
  await until(() => plays() >= 3);
  expect(camera.state()).toMatchObject({ reason: "no pictures come", reasonCode: "no_pictures" });
  expect(lines).toEqual(["camera cam-1 is backing_off"]);
});

test("a silent one stalls, what it still delivers is not taken, and the next one is live", async () => {
  const { camera, states, pictures } = start(
    async (options) => {
      options.onPicture(picture());
      await stopped(options);
      options.onPicture(picture());
      return undefined;
    },
    (options) => {
      const every = setInterval(() => options.onPicture(picture()), 20);
      return stopped(options).finally(() => clearInterval(every));
    },
  );
  await until(() => states.includes("stalled"));
  expect(pictures()).toBe(1);
  await until(() => camera.state().state === "live" && pictures() > 12);
  expect(states).toEqual(["connecting", "live", "stalled", "backing_off", "connecting", "live"]);
  expect(camera.state().restarts).toBe(1);
  expect(camera.state()).not.toHaveProperty("reason");
});

test("a picture was captured when its source says, and the first one stays that when it is opened anew", async () => {
  const { camera, pictures } = start(
    async (options) => {
      options.onPicture(picture(), 50_000);
      throw failure("TMON_SOURCE_UNREACHABLE", "connection reset");
    },
    (options) => {
      options.onPicture(picture(), 10_000);
      return stopped(options);
    },
  );
  await until(() => pictures() === 2);
  expect(camera.state()).toMatchObject({ firstFrameAt: 50_000, lastFrameAt: 90_000 });
});

test("one that cannot be reached is tried again and again; what a person must mend is failed", async () => {
  const away = async () => {
    throw failure("TMON_SOURCE_UNREACHABLE", "connection refused");
  };
  const refused = async () => {
    throw failure("TMON_SOURCE_REFUSED", "wrong user name or password");
  };
  const { camera, states, lines, plays } = start(away, away, refused);
  await camera.firstFrame;
  expect(camera.state()).toMatchObject({
    state: "failed",
    reason: "wrong user name or password",
    restarts: 2,
  });
  expect(plays()).toBe(3);
  expect(states.slice(0, 3)).toEqual(["connecting", "backing_off", "connecting"]);
  expect(lines).toEqual(["camera cam-1 is backing_off", "camera cam-1 is failed"]);
});

test("one at its end is ended; stopped, it keeps its state; handed over, it begins anew", async () => {
  const { camera, states } = start(async (options) => {
    options.onPicture(picture());
    return "partial file";
  });
  await until(() => camera.state().state === "ended");
  expect(camera.state()).toMatchObject({ reason: "cut short: partial file", reasonCode: "cut_short" });
  await camera.stop();
  expect(camera.state().state).toBe("ended");
  expect(camera.held()).toBe(false);
  await camera.handOver();
  expect(states).toEqual(["connecting", "live", "ended", "connecting"]);
});
