import type { CameraConfig } from "../../config/config.ts";
import { parseSimulatedCamera } from "../../config/simulated-camera.ts";
import { dangersOf, openRenderedCamera } from "../../simulator/cameras/camera.ts";
import { createStudio, type Studio } from "../../simulator/cameras/render.ts";
import { pictureSize } from "../../simulator/cameras/scenes/surroundings.ts";
import { bytesOf } from "../../vision/picture.ts";
import { isDuring, type Watched } from "./compare.ts";
import type { Told } from "./told.ts";

/** What is known of a run, for each camera that was watched in it; epoch ms. */
export interface Run {
  readonly told: ReadonlyMap<string, Told>;
  /** When the first picture was taken. */
  readonly beganAt: ReadonlyMap<string, number>;
  /** What was taken later, or began later, does not count. */
  readonly endedAt: number;
}

/** What was told of cameras, in their own time, beside what really was. */
export function besideTruth(cameras: readonly CameraConfig[], { told, beganAt, endedAt }: Run): Watched[] {
  const studio = createStudio();
  return cameras.flatMap((camera) => {
    const began = beganAt.get(camera.id);
    if (began === undefined) return [];
    const { looks = [], alerts = [], calls = [] } = told.get(camera.id) ?? {};
    const counts = (at: number) => at < endedAt;
    const known = {
      looks: looks.filter(counts).map((at) => at - began),
      alerts: alerts
        .filter(({ seenAt }) => counts(seenAt))
        .map((alert) => ({ ...alert, seenAt: alert.seenAt - began, toldAt: alert.toldAt - began })),
      calls: calls
        .filter(({ seenAt }) => counts(seenAt))
        .map((call) => ({ ...call, seenAt: call.seenAt - began })),
    };
    return [withTruth(camera, known, endedAt - began, studio)];
  });
}

/** Pictures of dangers that somebody told of are drawn once more, to see who is where. */
function withTruth({ id, url }: CameraConfig, known: Told, untilMs: number, studio: Studio): Watched {
  const camera = parseSimulatedCamera(url.reveal().slice("sim:".length));
  const dangers = dangersOf(camera, 0, untilMs);
  const rendered = openRenderedCamera(camera, studio);
  const picture = { ...pictureSize, pixels: new Uint8Array(bytesOf(pictureSize)) };
  // Forward in time: going back would be slow.
  const alerts = known.alerts
    .toSorted((a, b) => a.seenAt - b.seenAt)
    .map((alert) => {
      const isInDanger = dangers.some((danger) => isDuring(alert.seenAt, danger));
      return { ...alert, objects: isInDanger ? rendered.drawWithTruth(alert.seenAt, picture).objects : [] };
    });
  return { cameraId: id, dangers, looks: known.looks, alerts, calls: known.calls };
}
