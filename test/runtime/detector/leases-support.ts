import type { Camera, CameraState } from "../../../src/runtime/detector/camera.ts";
import { deferred } from "../../../src/runtime/detector/deferred.ts";
import type { SharedCameras } from "../../../src/runtime/detector/leases.ts";
import { fileCamera } from "./support.ts";

/** A camera without a picture: live from its start on. */
export function bareCamera(id: string, onChange: (playing: boolean) => void = () => {}): Camera {
  const config = fileCamera(id, "file:none");
  const first = deferred<void>();
  let state: CameraState["state"] = "connecting";
  let held = false;
  const stop = async () => {
    if (held) onChange(false);
    held = false;
  };
  return {
    config,
    state: () => ({ id, url: config.shownUrl, frames: 0, restarts: 0, since: 0, state }),
    held: () => held,
    start() {
      held = true;
      state = "live";
      first.resolve();
      onChange(true);
    },
    stop,
    async handOver() {
      await stop();
      state = "connecting";
    },
    firstFrame: first.promise,
  };
}

/** Cameras that neither come nor go. */
export function always(cameras: readonly Camera[]): SharedCameras {
  return { cameras: () => cameras, refresh: async () => [] };
}
