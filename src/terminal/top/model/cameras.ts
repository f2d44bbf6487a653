import type { SeenBeat, StoreSeen } from "../../../runtime/top/snapshot.ts";

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

export function camerasOf({ cameras, beats, now }: StoreSeen): CameraRow[] {
  const newest = newestPictures(beats);
  return cameras.map(({ cameraId, state, since, lastFrameAt, reason, url }) => {
    const pictureAt = Math.max(lastFrameAt === null ? 0 : Date.parse(lastFrameAt), newest.get(cameraId) ?? 0);
    return {
      id: cameraId,
      state,
      sinceMs: Math.max(0, now - Date.parse(since)),
      pictureMs: pictureAt === 0 ? null : Math.max(0, now - pictureAt),
      reason: reason ?? null,
      url,
    };
  });
}

/** A status says it when it is renewed, which is seldom; a detector's heartbeat says it every other second. */
function newestPictures(beats: readonly SeenBeat[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { role, stats } of beats) {
    if (role !== "detector" || !Array.isArray(stats.cameras)) continue;
    for (const { id, lastFrameAt } of stats.cameras as { id: string; lastFrameAt?: number }[])
      newest.set(id, Math.max(newest.get(id) ?? 0, lastFrameAt ?? 0));
  }
  return newest;
}
