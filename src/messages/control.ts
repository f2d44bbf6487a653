import { z } from "zod";
import { cameraIdSchema } from "./common.ts";

/** The store's channel of requests to detectors, and of their answers. */
export const controlChannel = "tmon:control";

export const controlRequestSchema = z.looseObject({
  id: z.string(),
  type: z.enum(["start_stream", "stop_stream", "check_camera"]),
  cameraId: cameraIdSchema,
  /** May hold a password: never logged, never shown. */
  url: z.string().optional(),
});
export type ControlRequest = z.output<typeof controlRequestSchema>;

/** status as in the seed's camera_status: 1 = done, or the camera delivers. */
export const controlAnswerSchema = z.looseObject({
  id: z.string(),
  status: z.union([z.literal(0), z.literal(1)]),
  message: z.string().describe("fit to be shown"),
});
export type ControlAnswer = Pick<z.output<typeof controlAnswerSchema>, "status" | "message">;
