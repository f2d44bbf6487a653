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

/** The store's entry `tmon:camera-status:{cameraId}`, and what is published on the channel of that name. */
export const cameraStatusSchema = z.looseObject({
  cameraId: cameraIdSchema,
  state: z.enum(cameraStates),
  since: timestampSchema.describe("when it came into this state"),
  lastFrameAt: timestampSchema.nullable().describe("when its newest picture was captured"),
  reason: z.string().optional().describe("why it is not live, fit to be shown"),
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
