import type { CameraConfig } from "../config/config.ts";
import { messageOf } from "../errors.ts";
import { type CameraStatus, cameraStatusPrefix, cameraStatusSchema } from "../messages/camera-status.ts";
import { seedCameraId } from "../messages/ids.ts";
import type { RoleContext } from "../runtime/role.ts";
import type { ShownCamera } from "./screen-messages.ts";

const byName = new Intl.Collator("en", { numeric: true });

/** Configured cameras in their order, then what detectors elsewhere have, by name. */
export async function listCameras({
  config,
  log,
  store,
}: Pick<RoleContext, "config" | "log" | "store">): Promise<ShownCamera[]> {
  const entries = await store.list(cameraStatusPrefix);
  const statuses = new Map<string, CameraStatus>();
  for (const { value } of entries) {
    try {
      const status = readStatus(value.toString());
      statuses.set(status.cameraId, status);
    } catch (error) {
      log.debug({ error: messageOf(error) }, "a camera's status cannot be read");
    }
  }
  const configured = config.cameras.map((camera) => {
    const status = statuses.get(camera.id);
    statuses.delete(camera.id);
    return status ? shownStatus(status) : unknownCamera(camera);
  });
  const others = [...statuses.values()].sort((a, b) => byName.compare(a.cameraId, b.cameraId));
  return [...configured, ...others.map(shownStatus)];
}

/** @throws what is no status */
export function readStatus(text: string): CameraStatus {
  return cameraStatusSchema.parse(JSON.parse(text));
}

export function shownStatus(status: CameraStatus): ShownCamera {
  const { cameraId, state, since, lastFrameAt, reason, reasonCode, url, source, intervalMs } = status;
  return {
    cameraId: seedCameraId(cameraId),
    status: state === "live" ? 1 : 0,
    message: reason ?? sentences[state],
    reason: reason ?? null,
    reasonCode: reasonCode ?? null,
    state,
    since,
    lastFrameAt,
    url,
    source,
    intervalMs,
  };
}

/** For clients of the seed, which know no states. */
const sentences: Record<CameraStatus["state"], string> = {
  connecting: "the camera is being connected to",
  live: "the camera delivers frames",
  stalled: "the camera's frames have stopped",
  backing_off: "the camera is away; it is tried again",
  failed: "the camera cannot be watched",
  ended: "the camera's file has come to its end",
};

function unknownCamera({ id, shownUrl, source, intervalMs }: CameraConfig): ShownCamera {
  return {
    cameraId: seedCameraId(id),
    status: 0,
    message: "no detector says anything of this camera",
    reason: null,
    reasonCode: null,
    state: null,
    since: null,
    lastFrameAt: null,
    url: shownUrl,
    source,
    intervalMs,
  };
}
