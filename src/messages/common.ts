import { z } from "zod";
import { isBase64 } from "./base64.ts";

/** Classes the detector reports, in the order of its class table. */
export const roadUserClasses = ["person", "bicycle", "car", "motorcycle", "bus", "truck"] as const;
export const sceneryClasses = ["traffic light", "stop sign"] as const;
export const objectClasses = [...roadUserClasses, ...sceneryClasses] as const;
export type ObjectClass = (typeof objectClasses)[number];

/** Where a camera's pictures come from; absent in a message means live. */
export const sourceSchema = z.enum(["sim", "file", "live"]);
export type Source = z.infer<typeof sourceSchema>;

/** The schema version this tmon writes; absent in a message means 1. */
export const schemaVersion = 1;

export const simulationModelField = z
  .boolean()
  .optional()
  .describe("the objects were found by a model that knows rendered cameras alone");

export const versionField = z.number().int().min(1).default(1);

/** The seed sends numbers, 0 among them; inside tmon an id is always a string. */
export const cameraIdSchema = z.union([z.string().min(1), z.number().int()]).transform(String);

export const isTime = (text: string) => !Number.isNaN(Date.parse(text));

export const timestampSchema = z.string().refine(isTime, "not an ISO 8601 time").describe("ISO 8601, UTC");

/** Not by z.base64(), which takes several times as long. */
export const base64Schema = z
  .string()
  .refine(isBase64, "not base64")
  .meta({ format: "base64", contentEncoding: "base64" });

/** [x1, y1, x2, y2] in pixels of the frame. */
export const boxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Box = z.infer<typeof boxSchema>;

/** Epoch ms in the store's clock; each role adds its own. */
export const traceSchema = z.looseObject({
  capturedAt: z
    .number()
    .optional()
    .describe("the frame's last byte was read from the decoder; a rendered one shows that moment"),
  detectedAt: z.number().optional(),
  generatedAt: z.number().optional(),
  dispatchedAt: z.number().optional().describe("the first VLM request went out"),
  assessedAt: z.number().optional(),
  aggregatedAt: z.number().optional(),
});
export type Trace = z.infer<typeof traceSchema>;

export const detectedObjectSchema = z.looseObject({
  objectId: z.number().int().optional(),
  class: z.string(),
  confidence: z.number(),
  bbox: boxSchema,
  trackId: z.number().int().optional(),
});

/** An object as it stands in tmon's own messages: its id is always known. */
export interface DetectedObject {
  objectId: number;
  class: string;
  confidence: number;
  bbox: Box;
  trackId?: number | undefined;
}

/** The seed's objects have no id: theirs is their index. */
export function withObjectIds(objects: z.infer<typeof detectedObjectSchema>[]): DetectedObject[] {
  return objects.map((object, index) => Object.assign(object, { objectId: object.objectId ?? index }));
}

type WithFields<Of, More> = { [Name in keyof Of as Name extends keyof More ? never : Name]: Of[Name] } & More;

/** Onto the object itself: to spread what a schema read takes V8 longer than it took to read it. */
export function withFields<Of extends object, More extends object>(of: Of, more: More) {
  return Object.assign(of, more) as unknown as WithFields<Of, More>;
}
