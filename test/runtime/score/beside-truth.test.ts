import { expect, test } from "vitest";
import type { CameraConfig } from "../../../src/config/config.ts";
import { Secret } from "../../../src/config/secret.ts";
import { besideTruth } from "../../../src/runtime/score/beside-truth.ts";
import type { Told } from "../../../src/runtime/score/told.ts";
import { dangersOf } from "../../../src/simulator/cameras/camera.ts";
import { newPicture, open } from "../../simulator/cameras/support.ts";

const url = "sim:zebra?seed=3";
const camera = {
  id: "cam-1",
  url: new Secret(url),
  shownUrl: url,
  source: "sim",
  intervalMs: 1800,
  weight: 1,
};
const cameras = [camera as CameraConfig];
const began = 1_700_000_000_000;
const [danger] = dangersOf({ scene: "zebra", seed: 3, weather: "day" }, 0, 100_000);
const { startMs, endMs, objectIds } = danger!;

const alert = (seenAt: number): Told["alerts"][number] => ({
  ...{ incidentId: "i", kinds: ["tailgating"], bbox: [0, 0, 9, 9] },
  ...{ seenAt: began + seenAt, toldAt: began + seenAt + 500 },
});
const run = (told: Told, lastedMs: number) =>
  besideTruth(cameras, {
    told: new Map([["cam-1", told]]),
    beganAt: new Map([["cam-1", began]]),
    endedAt: began + lastedMs,
  })[0]!;

test("an alert has beside it who was really seen in its picture, in the camera's own time", () => {
  const { alerts } = run({ looks: [], calls: [], alerts: [alert(startMs), alert(startMs - 1)] }, endMs);
  const { objects } = open({ scene: "zebra", seed: 3 }).drawWithTruth(startMs, newPicture());
  expect(alerts).toMatchObject([
    { seenAt: startMs - 1, toldAt: startMs + 499, objects: [] },
    { seenAt: startMs, toldAt: startMs + 500, objects },
  ]);
  expect(objects.map(({ id }) => id)).toEqual(expect.arrayContaining([objectIds[0]]));
});

test("what begins at the end of the run counts as little as what is told of it", () => {
  const told = {
    looks: [began + startMs - 1, began + startMs],
    calls: [{ seenAt: began + startMs, calls: 1 }],
    alerts: [alert(startMs)],
  };
  expect(run(told, startMs)).toEqual({
    ...{ cameraId: "cam-1", dangers: [], looks: [startMs - 1], alerts: [], calls: [] },
  });
  expect(run(told, startMs + 1)).toMatchObject({
    dangers: [danger],
    looks: [{}, {}],
    alerts: [{}],
    calls: [{}],
  });
});

test("a camera without a picture was not watched", () => {
  expect(besideTruth(cameras, { told: new Map(), beganAt: new Map(), endedAt: began })).toEqual([]);
});
