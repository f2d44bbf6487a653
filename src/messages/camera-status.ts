import { z } from "zod";
import { cameraIdSchema, timestampSchema } from "./common.ts";

/**
 * What a camera's stream is doing.
 *
 *   connecting -> live -> ended (a file)
 *       |          |-> stalled -> backing_off
 *       |           \-> backing_off -> connecting
 *       \-> backing_off | failed (a retry cannot help)
 */
export const cameraStates = ["connecting", "live", "stalled", "backing_off", "failed", "ended"] as const;
export type CameraStreamState = (typeof cameraStates)[number];

/** Why a camera is not live, where the cause is a known one: a page says it in its reader's language. */
export const cameraReasons = [
  "wrong_credentials",
  "credentials_needed",
  "no_such_stream",
  "unknown_host",
  "connection_refused",
  "no_route",
  "no_answer",
  "not_video",
  "no_pictures",
  "broke_off",
  "cut_short",
  "unwanted",
] as const;
export type CameraReason = (typeof cameraReasons)[number];

/** The store's entry `tmon:camera-status:{cameraId}`, and what is published on the channel of that name. */
export const cameraStatusSchema = z.looseObject({
  cameraId: cameraIdSchema,
  state: z.enum(cameraStates),
  since: timestampSchema.describe("when it came into this state"),
  lastFrameAt: timestampSchema.nullable().describe("when its newest picture was captured"),
  reason: z.string().optional().describe("why it is not live, fit to be shown"),
  // A detector of a newer version may know more of them.
  reasonCode: z.enum(cameraReasons).optional().catch(undefined).describe("the same from a closed set"),
  url: z.string().describe("without its password"),
  source: z.enum(["sim", "file", "live"]),
  intervalMs: z.number(),
  instance: z.string().describe("the detector that has it"),
});
export type CameraStatus = z.output<typeof cameraStatusSchema>;

export const cameraStatusPrefix = "tmon:camera-status:";
/** An entry not renewed this long is of a detector that is gone. */
export const cameraStatusTtlMs = 30_000;

export function cameraStatusKey(cameraId: string): string {
  return cameraStatusPrefix + cameraId;
}
