import { z } from "zod";
import { cameraIdSchema } from "./common.ts";
import { taskIdOf } from "./ids.ts";

/** A JPEG that stands in a message, and whose it is. */
export interface MessagePicture {
  cameraId: string;
  /** The message's own time, epoch ms; undefined if it says none. */
  at: number | undefined;
  /** taskId, incidentId, or the frame's messageId with the group's number. */
  id: string;
  jpeg: Buffer;
}

const carrierSchema = z.looseObject({
  messageId: z.string().default(""),
  taskId: z.string().optional(),
  incidentId: z.string().optional(),
  cameraId: cameraIdSchema.default(""),
  timestamp: z.string().optional(),
  groupImages: z.array(z.looseObject({ groupIndex: z.number(), imageBase64: z.string() })).default([]),
  groupImageBase64: z.string().default(""),
  imageBase64: z.string().default(""),
});

/** The pictures of a message of any topic; none of what is no message, or no JPEG. */
export function picturesOf(value: Buffer): MessagePicture[] {
  const read = carrierSchema.safeParse(parsed(value));
  if (!read.success) return [];
  const { messageId, taskId = messageId, incidentId = taskId, cameraId, timestamp = "" } = read.data;
  const { groupImages, groupImageBase64, imageBase64 } = read.data;
  const time = Date.parse(timestamp);
  const at = Number.isNaN(time) ? undefined : time;
  return [
    ...groupImages.map((image) => [taskIdOf(messageId, image.groupIndex), image.imageBase64] as const),
    [taskId, groupImageBase64] as const,
    [incidentId, imageBase64] as const,
  ]
    .map(([id, text]) => ({ cameraId, at, id, jpeg: Buffer.from(text, "base64") }))
    .filter(({ jpeg }) => jpeg[0] === 0xff && jpeg[1] === 0xd8);
}

function parsed(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString("utf8"));
  } catch {
    return undefined;
  }
}
