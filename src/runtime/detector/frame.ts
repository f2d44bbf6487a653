import type { OutgoingMessage } from "../../bus/bus.ts";
import type { CameraConfig, DetectorConfig, TopicConfig } from "../../config/config.ts";
import type { ModelFile } from "../../config/models/file.ts";
import { messageOf } from "../../errors.ts";
import type { Box } from "../../messages/common.ts";
import { encodeStoredFrame, frameKey, frameTtlMs } from "../../messages/frame.ts";
import { newMessageId, taskIdOf } from "../../messages/ids.ts";
import type { Store } from "../../store/store.ts";
import { cropRectangle } from "../../vision/crop.ts";
import { groupRoadUsers } from "../../vision/groups.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import type { RoleContext } from "../role.ts";
import { encodeJpeg, encodeWithin } from "./jpeg.ts";
import { composeDetection, describeGroups, identify } from "./message.ts";
import type { PixelMemory } from "./pixel-memory.ts";
import type { Pool } from "./pool.ts";

/** A picture of a camera on its way. */
export interface Frame {
  readonly camera: CameraConfig;
  readonly picture: RgbPicture;
  /** When its last byte was read, epoch ms in the store's clock. */
  readonly capturedAt: number;
}

/** What the way needs of a role's context. */
export interface FrameWayContext extends Pick<RoleContext, "log" | "metrics"> {
  readonly detector: Pick<DetectorConfig, "groups" | "crops">;
  readonly model: Pick<ModelFile, "type" | "forSimulation">;
  /** Of the detections. */
  readonly topic: Pick<TopicConfig, "name" | "maxMessageBytes">;
  readonly store: Pick<Store, "set" | "now">;
}

/** Messages stay under this share of their topic's limit: headers and the bus's own bytes come on top. */
const shareOfLimit = 0.9;

/**
 * The whole way of a frame, up to the message to be published:
 * detect -> group -> encode the frame and each group's crop -> store the frame -> compose the message.
 */
export function createFrameWay(
  { detector, model, topic, store, log, metrics }: FrameWayContext,
  detect: Pool["detect"],
  memory: PixelMemory,
): (frame: Frame) => Promise<OutgoingMessage> {
  const { groups: rules, crops } = detector;
  const maxBytes = Math.floor(topic.maxMessageBytes * shareOfLimit);

  return async ({ camera, picture, capturedAt }) => {
    const messageId = newMessageId();
    const { width, height } = picture;
    const objects = identify(await detect(picture));
    const groups = describeGroups(objects, groupRoadUsers(objects, rules));

    const crop = (bbox: Box) => encodeWithin(picture, cropRectangle(bbox, picture, crops), crops);
    const [whole, pictured] = await Promise.all([
      encodeJpeg(picture),
      Promise.all(groups.map(async (group) => ({ group, jpeg: await crop(group.bbox) }))),
    ]);
    memory.give(picture);

    await store
      .set(frameKey(camera.id), encodeStoredFrame({ messageId, jpeg: whole.bytes }), { ttlMs: frameTtlMs })
      .catch((error) => log.debug({ cameraId: camera.id, error: messageOf(error) }, "frame not stored"));

    const detectedAt = store.now();
    const facts = { messageId, cameraId: camera.id, source: camera.source, model };
    const value = await composeDetection(
      { ...facts, width, height, capturedAt, detectedAt },
      objects,
      pictured,
      maxBytes,
    );

    metrics.detections.inc({ camera_id: camera.id });
    metrics.detectionLatency.observe((detectedAt - capturedAt) / 1000);
    metrics.trafficGroups.inc({ camera_id: camera.id }, groups.length);
    for (const object of objects) metrics.detectedObjects.inc({ class: object.class });
    log.debug(
      {
        messageId,
        cameraId: camera.id,
        objects: objects.length,
        taskIds: groups.map(({ groupIndex }) => taskIdOf(messageId, groupIndex)),
        bytes: value.length,
      },
      "frame detected",
    );
    return { topic: topic.name, key: camera.id, value };
  };
}
