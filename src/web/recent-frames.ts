import type { StoredFrame } from "../messages/frame.ts";

export interface RecentFrames {
  add(cameraId: string, frame: StoredFrame): void;
  /** By messageId. */
  get(messageId: string): StoredFrame | undefined;
}

/** The last frames seen: so many of each camera, so many bytes in all; the oldest are forgotten first. */
export function createRecentFrames(bound: { perCamera: number; bytes: number }): RecentFrames {
  /** Oldest first. */
  const frames = new Map<string, StoredFrame>();
  const messageIds = new Map<string, string[]>();
  const cameras = new Map<string, string>();
  let bytes = 0;

  function forget(messageId: string): void {
    bytes -= frames.get(messageId)?.jpeg.length ?? 0;
    frames.delete(messageId);
    const cameraId = cameras.get(messageId) ?? "";
    cameras.delete(messageId);
    const others = messageIds.get(cameraId)?.filter((other) => other !== messageId) ?? [];
    if (others.length > 0) messageIds.set(cameraId, others);
    else messageIds.delete(cameraId);
  }

  return {
    add(cameraId, frame) {
      const { messageId, jpeg } = frame;
      if (frames.has(messageId)) return;
      frames.set(messageId, frame);
      cameras.set(messageId, cameraId);
      bytes += jpeg.length;
      const ofCamera = [...(messageIds.get(cameraId) ?? []), messageId];
      messageIds.set(cameraId, ofCamera);
      const [oldestOfCamera] = ofCamera;
      if (ofCamera.length > bound.perCamera && oldestOfCamera !== undefined) forget(oldestOfCamera);
      for (const oldest of frames.keys()) {
        if (bytes <= bound.bytes) break;
        forget(oldest);
      }
    },
    get: (messageId) => frames.get(messageId),
  };
}
