import { iou } from "../../vision/box.ts";
import type { Job } from "./job.ts";

const sharedTracks = 0.5;
const sharedArea = 0.5;

/**
 * True if both are looks at one group: the same camera, and at least half of the larger one's tracks in
 * both, or without tracks boxes of IoU >= 0.5. Two groups of one frame are never the same.
 */
export function sameGroup(a: Job, b: Job): boolean {
  if (a.task.cameraId !== b.task.cameraId || a.task.requestId === b.task.requestId) return false;
  if (a.trackIds.size > 0 && b.trackIds.size > 0) {
    const shared = [...a.trackIds].filter((id) => b.trackIds.has(id)).length;
    return shared >= sharedTracks * Math.max(a.trackIds.size, b.trackIds.size);
  }
  return a.bbox !== undefined && b.bbox !== undefined && iou(a.bbox, b.bbox) >= sharedArea;
}

/** By timestamp, then by messageId; never by order of arrival. */
export function isNewer(a: Job, b: Job): boolean {
  if (a.lookedAt !== b.lookedAt) return a.lookedAt > b.lookedAt;
  return a.task.requestId > b.task.requestId;
}
