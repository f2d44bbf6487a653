import { z } from "zod";
import {
  base64Schema,
  boxSchema,
  cameraIdSchema,
  detectedObjectSchema,
  simulationModelField,
  sourceSchema,
  timestampSchema,
  traceSchema,
  versionField,
  withObjectIds,
} from "./common.ts";

const groupSchema = z.looseObject({
  groupIndex: z.number().int().min(1),
  objectCount: z.number().int().optional(),
  classes: z.array(z.string()).default([]),
  bbox: boxSchema,
  averageConfidence: z.number().optional(),
  memberIndices: z.array(z.number().int().min(0)).default([]),
  members: z.array(detectedObjectSchema).optional(),
  imageOmitted: z.boolean().optional(),
});

const groupImageSchema = z.looseObject({
  groupIndex: z.number().int().min(1),
  objectCount: z.number().int().optional(),
  classes: z.array(z.string()).default([]),
  imageBase64: base64Schema.describe("JPEG, plain base64"),
});

/** The wire format of `detection-results`: one frame of one camera. */
export const detectionWireSchema = z.looseObject({
  schemaVersion: versionField,
  messageId: z.string().min(1),
  cameraId: cameraIdSchema,
  timestamp: timestampSchema,
  frameTimestamp: z.number().optional().describe("the same, epoch seconds"),
  imageWidth: z.number().int().positive().optional(),
  imageHeight: z.number().int().positive().optional(),
  detectedObjects: z.array(detectedObjectSchema).default([]),
  trafficGroups: z.array(groupSchema).default([]),
  groupImages: z.array(groupImageSchema).default([]),
  detectionLatency: z.number().optional().describe("seconds"),
  modelType: z.string().optional(),
  simulationModel: simulationModelField,
  source: sourceSchema.default("live"),
  trace: traceSchema.default({}),
});

/** A detection as read: defaults filled in, members resolved. */
export const detectionSchema = detectionWireSchema.transform((detection) => {
  const detectedObjects = withObjectIds(detection.detectedObjects);
  const trafficGroups = detection.trafficGroups.map((group) => {
    const members = group.members
      ? withObjectIds(group.members)
      : group.memberIndices.flatMap((index) => detectedObjects[index] ?? []);
    return { ...group, members, objectCount: group.objectCount ?? members.length };
  });
  return { ...detection, detectedObjects, trafficGroups };
});

export type Detection = z.output<typeof detectionSchema>;
export type TrafficGroup = Detection["trafficGroups"][number];
