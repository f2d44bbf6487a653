import { z } from "zod";
import { cameraIdSchema } from "../messages/common.ts";

const oneCamera = z.looseObject({ cameraId: cameraIdSchema });
const oneStream = z.looseObject({ cameraId: cameraIdSchema, rtspUrl: z.string().optional() });

/** What a client may send on `/ws`: {type, data}. */
const clientFrameSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("ping") }),
  z.looseObject({
    type: z.literal("subscribe"),
    data: z.looseObject({
      cameraIds: z.union([z.literal("*"), z.array(cameraIdSchema).max(10_000)]),
      frames: z
        .boolean()
        .default(false)
        .describe("each frame as soon as it is detected, and the system's figures"),
    }),
  }),
  z.looseObject({ type: z.literal("start_stream"), data: oneStream }),
  z.looseObject({ type: z.literal("stop_stream"), data: oneCamera }),
  z.looseObject({ type: z.literal("check_camera"), data: oneStream }),
]);

export type ClientFrame = z.output<typeof clientFrameSchema>;

/** The frame, or what is wrong with it; nothing of it is repeated, it may hold a camera's password. */
export function parseClientFrame(text: string): ClientFrame | { wrong: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { wrong: "not JSON" };
  }
  const { data, error } = clientFrameSchema.safeParse(json);
  if (data) return data;
  const [issue] = error.issues;
  return { wrong: `${issue?.path.join(".") || "frame"}: ${issue?.message}` };
}
