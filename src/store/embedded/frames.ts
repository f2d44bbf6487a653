import type { FrameMark, FramePush, FramePushed } from "../store.ts";
import type { Alerts } from "./alerts.ts";
import type { Channels } from "./channels.ts";
import type { Entries } from "./entries.ts";

const stateTtlMs = 300_000;
const markTtlMs = 3_600_000;

/** A frame's push: what it shows for the first time is marked, cached and published, all or nothing. */
export function createFrames(tables: { entries: Entries; alerts: Alerts; channels: Channels }) {
  const { entries, alerts, channels } = tables;

  function mark(messageId: string, now: number): FrameMark | undefined {
    const stored = entries.get(markKey(messageId), now);
    return stored && JSON.parse(stored.toString());
  }

  function push(frame: FramePush, now: number): FramePushed {
    const { messageId, cameraId, closing, detection } = frame;
    const earlier = mark(messageId, now);
    const shown = new Set(earlier?.taskIds);
    const newTaskIds = frame.taskIds.filter((taskId) => !shown.has(taskId));
    const closesNow = closing && !earlier?.closed;
    if (earlier && newTaskIds.length === 0 && !closesNow) return { published: false, newTaskIds };

    const next: FrameMark = {
      detection,
      taskIds: [...shown, ...newTaskIds],
      closed: closing || (earlier?.closed ?? false),
    };
    entries.set(markKey(messageId), Buffer.from(JSON.stringify(next)), now + markTtlMs);

    const payload = withNewTaskIds(frame.payload, newTaskIds);
    entries.set(`detection:${messageId}`, Buffer.from(payload), now + stateTtlMs);
    setLatest(frame, payload, now);
    if (frame.alertTaskIds.some((taskId) => newTaskIds.includes(taskId))) alerts.push(cameraId, payload);
    channels.append(`camera:${cameraId}`, payload, now);
    return { published: true, newTaskIds };
  }

  /** A late verdict on an older frame does not take the place of a newer one. */
  function setLatest({ cameraId, capturedAt }: FramePush, payload: string, now: number): void {
    const atKey = `tmon:latest-at:${cameraId}`;
    if (Number(entries.get(atKey, now) ?? 0) > capturedAt) return;
    entries.set(atKey, Buffer.from(String(capturedAt)), now + stateTtlMs);
    entries.set(`camera:${cameraId}:latest`, Buffer.from(payload), now + stateTtlMs);
  }

  return { mark, push };
}

function markKey(messageId: string): string {
  return `tmon:closed:${messageId}`;
}

/** Adds a field to a JSON object without reading all of it. */
function withNewTaskIds(payload: string, taskIds: readonly string[]): string {
  const rest = payload.slice(payload.indexOf("{") + 1);
  return `{"newTaskIds":${JSON.stringify(taskIds)}${rest.trimStart().startsWith("}") ? "" : ","}${rest}`;
}
