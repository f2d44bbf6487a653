import { z } from "zod";
import { base64Schema, boxSchema, cameraIdSchema, timestampSchema, versionField } from "./common.ts";
import { riskLevelSchema, riskTypeCodes } from "./result.ts";

/** The wire format of `incidents`: the newest state of one incident, key incidentId. */
export const incidentSchema = z.looseObject({
  schemaVersion: versionField,
  incidentId: z.string().min(1),
  cameraId: cameraIdSchema,
  timestamp: timestampSchema.optional(),
  state: z.enum(["candidate", "raised", "updated", "cleared"]),
  riskLevel: riskLevelSchema,
  verified: z.boolean().default(true).describe("false while the VLM could not be asked"),
  simulated: z.boolean().default(false).describe("the VLM is simulated, or the road"),
  riskTypes: z.array(z.string()).default([]),
  riskTypeCodes: z.array(z.enum(riskTypeCodes)).default([]),
  description: z.string().default(""),
  bbox: boxSchema,
  firstSeen: timestampSchema,
  lastSeen: timestampSchema,
  taskIds: z.array(z.string()).default([]),
  imageBase64: base64Schema.optional(),
  acknowledgedBy: z.string().optional(),
  acknowledgedAt: timestampSchema.optional(),
  resolution: z.enum(["confirmed", "false_alarm"]).optional(),
  playbackUrl: z.string().optional(),
});

export type Incident = z.output<typeof incidentSchema>;
