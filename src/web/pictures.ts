import type { ReceivedMessage } from "../bus/bus.ts";
import { messageOf } from "../errors.ts";
import { decodeStoredFrame, frameKey, type StoredFrame } from "../messages/frame.ts";
import { createOutage } from "../observability/outage.ts";
import type { RoleContext } from "../runtime/role.ts";
import { createRecentFrames } from "./recent-frames.ts";

export interface PicturesOptions {
  /** A screen follows this camera. */
  isWanted(cameraId: string): boolean;
  /** Called for each detection of a wanted camera, with the newest frame of that camera, which may be another. */
  detected(detection: ReceivedMessage, newest: StoredFrame | undefined): void;
}

export interface Pictures {
  /** Starts to watch, unless it does. */
  watch(): void;
  /** The picture of this frame and no other, as a JPEG data URI; null if it is not to be had any more. */
  of(cameraId: string, messageId: string): Promise<string | null>;
  close(): void;
}

/** A verdict comes some seconds after its frame: 6 s at 5 frames a second. */
const bound = { perCamera: 32, bytes: 64 * 1024 * 1024 };

/**
 * The store holds a camera's newest frame alone, and a verdict is about an older one. So each detection on the
 * bus is the sign to look at its camera's newest frame, and to remember it until its verdict comes.
 */
export function createPictures(
  { bus, config, log, store }: Pick<RoleContext, "bus" | "config" | "log" | "store">,
  { isWanted, detected }: PicturesOptions,
): Pictures {
  const frames = createRecentFrames(bound);
  const topic = config.topics["detection-results"].name;
  const ending = new AbortController();
  const outage = createOutage(log, {
    begins: "pictures cannot be had: screens go on without",
    ends: "pictures can be had again",
  });
  let watching = false;

  async function lookAtNewest(cameraId: string): Promise<StoredFrame | undefined> {
    try {
      const value = await store.get(frameKey(cameraId));
      const frame = value && decodeStoredFrame(value);
      if (frame) frames.add(cameraId, frame);
      outage.done();
      return frame;
    } catch (error) {
      outage.failed(error);
      return undefined;
    }
  }

  async function watch(): Promise<void> {
    const detections = bus.read({ topics: [topic], from: "latest", signal: ending.signal });
    for await (const detection of detections)
      if (isWanted(detection.key)) detected(detection, await lookAtNewest(detection.key));
  }

  return {
    watch() {
      if (watching) return;
      watching = true;
      watch()
        .catch((error) => log.error({ error: messageOf(error) }, "frames are no longer kept for screens"))
        .finally(() => {
          watching = false;
        });
    },
    async of(cameraId, messageId) {
      if (!frames.get(messageId)) await lookAtNewest(cameraId);
      const frame = frames.get(messageId);
      return frame ? `data:image/jpeg;base64,${frame.jpeg.toString("base64")}` : null;
    },
    close: () => ending.abort(),
  };
}
