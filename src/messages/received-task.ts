import { isBase64 } from "./base64.ts";
import { decode, read } from "./codec.ts";
import { isTime, schemaVersion, withFields } from "./common.ts";
import { checkInPlace } from "./in-place.ts";
import { jsonOf } from "./json.ts";
import { type AssessmentTask, taskSchema, taskWireSchema, withIds } from "./task.ts";

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
