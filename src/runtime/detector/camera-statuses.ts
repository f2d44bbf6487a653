import { messageOf } from "../../errors.ts";
import {
  type CameraStatus,
  cameraStates,
  cameraStatusKey,
  cameraStatusTtlMs,
} from "../../messages/camera-status.ts";
import type { RoleContext } from "../role.ts";
import type { Camera } from "./camera.ts";

const renewEveryMs = 10_000;
const measureEveryMs = 1000;

/** Tells others what this detector's cameras do: the store's entries and channel, and the metrics. */
export interface CameraStatuses {
  /** The camera's state has changed. */
  changed(camera: Camera): void;
  /** Nobody wants the camera any more. */
  removed(camera: Camera): Promise<void>;
  /** Takes back what is still said of this detector's cameras. */
  stop(): Promise<void>;
}

export function publishCameraStatuses(
  { store, log, metrics, instance }: Pick<RoleContext, "store" | "log" | "metrics" | "instance">,
  cameras: () => readonly Camera[],
): CameraStatuses {
  const restarts = new WeakMap<Camera, number>();
  /** One after the other, so that the last one said is the last one kept. */
  let saying = Promise.resolve();
  const held = () => cameras().filter((camera) => camera.held());
  const report = (error: unknown) =>
    log.debug({ error: messageOf(error) }, "a camera's status was not published");

  const keep = (status: CameraStatus) =>
    store.set(cameraStatusKey(status.cameraId), JSON.stringify(status), { ttlMs: cameraStatusTtlMs });
  const publish = (status: CameraStatus) =>
    store.publish(cameraStatusKey(status.cameraId), JSON.stringify(status));

  function say(action: () => Promise<void>): Promise<void> {
    saying = saying.then(action).catch(report);
    return saying;
  }

  function measure(camera: Camera): void {
    const { id, state, lastFrameAt, restarts: count } = camera.state();
    for (const each of cameraStates)
      metrics.cameraState.set({ camera_id: id, state: each }, each === state ? 1 : 0);
    metrics.cameraRestarts.inc({ camera_id: id }, count - (restarts.get(camera) ?? 0));
    restarts.set(camera, count);
    if (lastFrameAt !== undefined)
      metrics.cameraFrameAge.set({ camera_id: id }, (store.now() - lastFrameAt) / 1000);
  }

  /** A camera of another detector is that one's to tell of. */
  function forget({ config: { id } }: Camera): void {
    for (const state of cameraStates) metrics.cameraState.remove({ camera_id: id, state });
    metrics.cameraFrameAge.remove({ camera_id: id });
  }

  /** Another detector may have the camera by now. */
  async function takeBack({ config: { id } }: Camera): Promise<void> {
    const entry = await store.get(cameraStatusKey(id));
    if (entry && (JSON.parse(`${entry}`) as CameraStatus).instance === instance)
      await store.delete(cameraStatusKey(id));
  }

  const renewing = setInterval(() => {
    for (const camera of held()) say(() => keep(statusOf(camera, instance)));
  }, renewEveryMs);
  const measuring = setInterval(() => held().forEach(measure), measureEveryMs);

  return {
    changed(camera) {
      if (!camera.held()) return forget(camera);
      measure(camera);
      const status = statusOf(camera, instance);
      say(async () => {
        await keep(status);
        await publish(status);
      });
    },
    removed(camera) {
      forget(camera);
      const why = { reason: "nobody wants it any more", reasonCode: "unwanted" } as const;
      const last = { state: "ended", ...why } as const;
      const status = { ...statusOf(camera, instance), ...last, since: new Date(store.now()).toISOString() };
      return say(async () => {
        await store.delete(cameraStatusKey(status.cameraId));
        await publish(status);
      });
    },
    async stop() {
      clearInterval(renewing);
      clearInterval(measuring);
      await say(async () => void (await Promise.all(cameras().map(takeBack))));
    },
  };
}

function statusOf(camera: Camera, instance: string): CameraStatus {
  const { id, state, since, lastFrameAt, reason, reasonCode, url } = camera.state();
  return {
    cameraId: id,
    state,
    since: new Date(since).toISOString(),
    lastFrameAt: lastFrameAt === undefined ? null : new Date(lastFrameAt).toISOString(),
    reason,
    reasonCode,
    url,
    source: camera.config.source,
    intervalMs: camera.config.intervalMs,
    instance,
  };
}
