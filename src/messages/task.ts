import { z } from "zod";
import { isBase64 } from "./base64.ts";
import { decode, read } from "./codec.ts";
import {
  base64Schema,
  boxSchema,
  cameraIdSchema,
  detectedObjectSchema,
  isTime,
  schemaVersion,
  simulationModelField,
  sourceSchema,
  timestampSchema,
  traceSchema,
  versionField,
  withFields,
  withObjectIds,
} from "./common.ts";
import { checkInPlace } from "./in-place.ts";
import { jsonOf } from "./json.ts";

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

function withIds(task: z.output<typeof taskWireSchema>) {
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

/** A task whose picture is the bytes it came as, not groupImageBase64: base64 in ASCII, none when the detection omitted it. */
export type ReceivedTask = AssessmentTask & { readonly picture: Buffer };

/**
 * Reads a task. The picture never becomes a text that lives: each garbage collection would copy those of all tasks that
 * wait or are open.
 * @throws as decode
 */
export function decodeTask(value: Buffer): ReceivedTask {
  const apart = pictureApart(value);
  const task = apart ? (readInPlace(apart.rest) ?? read(taskSchema, apart.rest)) : decode(taskSchema, value);
  const picture = apart?.picture ?? Buffer.from(task.groupImageBase64);
  return Object.assign(task, { picture, groupImageBase64: "" });
}

const isOnTheWire = checkInPlace(taskWireSchema);

/** Without a copy of it; undefined where only the schema can say what is wrong with it. */
function readInPlace(json: object): AssessmentTask | undefined {
  if (!isOnTheWire(json) || json.schemaVersion > schemaVersion || !isTime(json.timestamp)) return undefined;
  return withIds(withFields(json, { cameraId: String(json.cameraId) }));
}

const pictureName = Buffer.from('"groupImageBase64"');
const [quote, colon] = [0x22, 0x3a];
/** Stands where the picture stood, no picture itself: the message's own field has it, or something else was cut out. */
const mark = "\u0000";
const escapedMark = "\\u0000";

/** The picture's bytes, and the JSON without them; undefined if only the whole tells what it says. */
function pictureApart(value: Buffer): { picture: Buffer; rest: object } | undefined {
  const name = value.indexOf(pictureName);
  const start = value.indexOf(quote, value.indexOf(colon, name + pictureName.length)) + 1;
  const end = value.indexOf(quote, start);
  if (name < 0 || end < 0) return undefined;
  const text = value.toString("utf8", 0, start) + escapedMark + value.toString("utf8", end);
  const rest = jsonOf(text) as { groupImageBase64?: unknown } | null | undefined;
  const picture = value.subarray(start, end);
  if (rest?.groupImageBase64 !== mark || !isBase64(picture)) return undefined;
  // Where the message's memory is not its own, keeping a part would keep all of it: a batch as it came from Kafka.
  const isOwn = value.buffer.byteLength === value.length;
  return {
    picture: isOwn ? picture : Buffer.from(picture),
    rest: Object.assign(rest, { groupImageBase64: "" }),
  };
}
