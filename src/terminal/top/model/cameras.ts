import type { StoreSeen } from "../../../runtime/top/snapshot.ts";

export interface CameraRow {
  id: string;
  state: string;
  /** In this state, ms. */
  sinceMs: number;
  /** Age of its newest picture, ms; null before the first. */
  pictureMs: number | null;
  /** Why it is not live. */
  reason: string | null;
  url: string;
}

export function camerasOf({ cameras, now }: StoreSeen): CameraRow[] {
  const age = (time: string) => Math.max(0, now - Date.parse(time));
  return cameras.map(({ cameraId, state, since, lastFrameAt, reason, url }) => ({
    id: cameraId,
    state,
    sinceMs: age(since),
    pictureMs: lastFrameAt === null ? null : age(lastFrameAt),
    reason: reason ?? null,
    url,
  }));
}
