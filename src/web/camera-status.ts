import { frameKey } from "../messages/frame.ts";
import { seedCameraId } from "../messages/ids.ts";
import type { Store } from "../store/store.ts";

/** The seed's camera_status: 1 = frames arrive. */
export interface CameraStatus {
  cameraId: string | number;
  status: 0 | 1;
  message: string;
}

export async function cameraStatus(store: Store, cameraId: string): Promise<CameraStatus> {
  const runs = (await store.get(frameKey(cameraId))) !== undefined;
  return {
    cameraId: seedCameraId(cameraId),
    status: runs ? 1 : 0,
    message: runs
      ? "the camera delivers frames"
      : "the camera is not running: cameras are started by tmon's configuration, not from here",
  };
}
