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
  withFields,
  withObjectIds,
} from "./common.ts";

/** The wire format of `assessment-tasks`: one group of one frame, to be judged by the VLM. */
export const taskWireSchema = z.looseObject({
  schemaVersion: versionField,
  taskId: z.string().min(1),
  requestId: z.string().optional().describe("the detection's messageId"),
  cameraId: cameraIdSchema,
  timestamp: timestampSchema,
  groupIndex: z.number().int().min(1).default(1),
  groupImageBase64: base64Schema.default("").describe("JPEG; empty when the detection omitted it"),
  groupImageUrl: z.string().default(""),
  detectedObjects: z.array(detectedObjectSchema).default([]).describe("the group's members"),
  groupMetadata: z
    .looseObject({
      objectCount: z.number().int().optional(),
      classes: z.array(z.string()).default([]),
      bbox: boxSchema.optional(),
    })
    .default({ classes: [] }),
  imageWidth: z.number().int().positive().optional(),
  imageHeight: z.number().int().positive().optional(),
  source: sourceSchema.default("live"),
  simulationModel: simulationModelField,
  trace: traceSchema.default({}),
});

export const taskSchema = taskWireSchema.transform(withIds);

export function withIds(task: z.output<typeof taskWireSchema>) {
  return withFields(task, {
    requestId: task.requestId ?? task.taskId.replace(/_group\d+$/, ""),
    detectedObjects: withObjectIds(task.detectedObjects),
  });
}

export type AssessmentTask = z.output<typeof taskSchema>;

/**
 * The picture stands as it is: nothing in base64 needs escaping, and JSON.stringify would take longer over looking for
 * it than all else that becomes of a task.
 */
export function encodeTask({ groupImageBase64: picture, ...task }: AssessmentTask): Buffer {
  const start = Buffer.from(`${JSON.stringify(task).slice(0, -1)},"groupImageBase64":"`);
  const bytes = Buffer.allocUnsafe(start.length + picture.length + 2);
  start.copy(bytes);
  bytes.write(picture, start.length, "latin1");
  bytes.write('"}', start.length + picture.length, "latin1");
  return bytes;
}
