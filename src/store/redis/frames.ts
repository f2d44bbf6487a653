import type { Redis } from "ioredis";
import type { FrameMark, FramePush, FramePushed } from "../store.ts";
import { indexOf } from "./entries.ts";
import type { Scripted } from "./scripts.ts";

const markTtlMs = 3_600_000;
const stateTtlMs = 300_000;
const alertsKept = 100;

/** A frame's push: what it shows for the first time is marked, cached and published, all or nothing. */
export function createFrames(redis: Redis & Scripted) {
  return {
    async push(push: FramePush): Promise<FramePushed> {
      const { messageId, cameraId, capturedAt, closing, detection, payload } = push;
      const keys = [
        markKey(messageId),
        `detection:${messageId}`,
        `camera:${cameraId}:latest`,
        `tmon:latest-at:${cameraId}`,
        `alerts:${cameraId}`,
        indexOf("camera:"),
      ];
      const answer = await redis.pushFrame(
        ...keys,
        ...[closing ? 1 : 0, capturedAt, detection, payload, `camera:${cameraId}`],
        ...[markTtlMs, stateTtlMs, alertsKept],
        ...[JSON.stringify(push.taskIds), JSON.stringify(push.alertTaskIds)],
      );
      const [published, newTaskIds] = answer as [number, string];
      return { published: published === 1, newTaskIds: JSON.parse(newTaskIds) };
    },
    async mark(messageId: string): Promise<FrameMark | undefined> {
      const stored = await redis.get(markKey(messageId));
      return stored === null ? undefined : JSON.parse(stored);
    },
    listAlerts: (cameraId: string, count: number): Promise<string[]> =>
      redis.lrange(`alerts:${cameraId}`, 0, count - 1),
  };
}

function markKey(messageId: string): string {
  return `tmon:closed:${messageId}`;
}
