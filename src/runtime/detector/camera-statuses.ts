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
  stop(): void;
}

export function publishCameraStatuses(
  { store, log, metrics, instance }: Pick<RoleContext, "store" | "log" | "metrics" | "instance">,
  cameras: () => readonly Camera[],
): CameraStatuses {
  const restarts = new Map<string, number>();
  const held = () => cameras().filter((camera) => camera.held());
  const report = (error: unknown) =>
    log.debug({ error: messageOf(error) }, "a camera's status was not published");

  async function keep(camera: Camera): Promise<string> {
    const text = JSON.stringify(statusOf(camera, instance));
    await store.set(cameraStatusKey(camera.config.id), text, { ttlMs: cameraStatusTtlMs });
    return text;
  }

  function measure(camera: Camera): void {
    const { id, state, lastFrameAt, restarts: count } = camera.state();
    for (const each of cameraStates)
      metrics.cameraState.set({ camera_id: id, state: each }, each === state ? 1 : 0);
    metrics.cameraRestarts.inc({ camera_id: id }, count - (restarts.get(id) ?? 0));
    restarts.set(id, count);
    if (lastFrameAt !== undefined)
      metrics.cameraFrameAge.set({ camera_id: id }, (store.now() - lastFrameAt) / 1000);
  }

  /** A camera of another detector is that one's to tell of. */
  function forget({ config: { id } }: Camera): void {
    for (const state of cameraStates) metrics.cameraState.remove({ camera_id: id, state });
    metrics.cameraFrameAge.remove({ camera_id: id });
  }

  const renewing = setInterval(() => {
    for (const camera of held()) keep(camera).catch(report);
  }, renewEveryMs);
  const measuring = setInterval(() => held().forEach(measure), measureEveryMs);

  return {
    changed(camera) {
      if (!camera.held()) return forget(camera);
      measure(camera);
      keep(camera)
        .then((text) => store.publish(cameraStatusKey(camera.config.id), text))
        .catch(report);
    },
    async removed(camera) {
      forget(camera);
      const key = cameraStatusKey(camera.config.id);
      const last: CameraStatus = {
        ...statusOf(camera, instance),
        ...{ state: "ended", since: new Date(store.now()).toISOString(), reason: "nobody wants it any more" },
      };
      await store.delete(key).catch(report);
      await store.publish(key, JSON.stringify(last)).catch(report);
    },
    stop() {
      clearInterval(renewing);
      clearInterval(measuring);
    },
  };
}

function statusOf(camera: Camera, instance: string): CameraStatus {
  const { id, state, since, lastFrameAt, reason, url } = camera.state();
  return {
    cameraId: id,
    state,
    since: new Date(since).toISOString(),
    lastFrameAt: lastFrameAt === undefined ? null : new Date(lastFrameAt).toISOString(),
    ...(reason !== undefined && { reason }),
    url,
    source: camera.config.source,
    intervalMs: camera.config.intervalMs,
    instance,
  };
}
