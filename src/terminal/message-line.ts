import { isUtf8 } from "node:buffer";
import type { ReceivedMessage } from "../bus/bus.ts";
import type { Config } from "../config/config.ts";
import { messageOf } from "../errors.ts";
import { decode } from "../messages/codec.ts";
import { detectionSchema } from "../messages/detection.ts";
import { incidentSchema } from "../messages/incident.ts";
import { resultSchema } from "../messages/result.ts";
import { taskSchema } from "../messages/task.ts";
import { type TopicId, topicIds } from "../messages/topics.ts";
import { counted } from "./counted.ts";
import { printable } from "./output.ts";
import { formatAge, formatTime } from "./time.ts";

/** One message as JSON; its value stands as it was sent, or in base64 where it is no JSON. */
export function messageJson({ value, ...message }: ReceivedMessage): string {
  const { topic, partition, offset, key, timestamp, headers } = message;
  const place = JSON.stringify({ topic, partition, offset, key, timestamp, headers }).slice(0, -1);
  if (!isJson(value)) return `${place},"valueBase64":${JSON.stringify(value.toString("base64"))}}`;
  // The original text is put in as it is, for parsing and printing it again could alter numbers; line breaks
  // in JSON are only ever white space.
  return `${place},"value":${value.toString("utf8").replace(/[\r\n]+/g, " ")}}`;
}

function isJson(value: Buffer): boolean {
  try {
    JSON.parse(value.toString("utf8"));
    return isUtf8(value);
  } catch {
    return false;
  }
}

/**
 * One message as a person reads it: when and how long ago, where, whose, and what it says; pictures as their size.
 * `named`: with its topic.
 */
export function describeMessage(
  topic: TopicId,
  message: ReceivedMessage,
  config: Config,
  { named = false, now = Date.now() } = {},
): string {
  return [
    formatTime(message.timestamp, config.timezone),
    formatAge(now - message.timestamp).padStart(6),
    ...(named ? [topic.padEnd(Math.max(...topicIds.map((id) => id.length)))] : []),
    placeOf(message).padEnd(8),
    printable(message.key).padEnd(10),
    essenceOf(topic, message),
  ].join("  ");
}

/** partition@offset */
export function placeOf({ partition, offset }: Pick<ReceivedMessage, "partition" | "offset">): string {
  return `${partition}@${offset}`;
}

/** What a message says, in one line; why it cannot be read, if it cannot. */
export function essenceOf(topic: TopicId, message: ReceivedMessage): string {
  try {
    return printable(essences[topic](message));
  } catch (error) {
    return printable(messageOf(error));
  }
}

/** ", 2 pictures of 41 KB"; nothing where there are none. */
function pictureSizes(...pictures: string[]): string {
  const sizes = pictures.filter(Boolean).map((text) => Buffer.byteLength(text, "base64"));
  if (sizes.length === 0) return "";
  const kilobytes = Math.ceil(sizes.reduce((sum, size) => sum + size) / 1000);
  return `, ${counted(sizes.length, "picture")} of ${kilobytes} KB`;
}

const essences: Record<TopicId, (message: ReceivedMessage) => string> = {
  "detection-results": ({ value }) => {
    const { detectedObjects, trafficGroups, groupImages } = decode(detectionSchema, value);
    const pictures = pictureSizes(...groupImages.map(({ imageBase64 }) => imageBase64));
    const groups = trafficGroups.map(({ classes, objectCount }) => `${objectCount} (${classes.join(", ")})`);
    return `${counted(detectedObjects.length, "object")}, ${counted(groups.length, "group")}${groups.length > 0 ? `: ${groups.join("; ")}` : ""}${pictures}`;
  },
  "assessment-tasks": ({ value }) => {
    const { taskId, groupMetadata, detectedObjects, groupImageBase64 } = decode(taskSchema, value);
    const objects = `${counted(detectedObjects.length, "object")} (${groupMetadata.classes.join(", ")})`;
    return `${taskId}: ${objects}${pictureSizes(groupImageBase64)}`;
  },
  "risk-assessment-results": ({ value }) => {
    const { status, maxRiskLevel, results, errorCode, error, metadata } = decode(resultSchema, value);
    const verdict = results[0];
    const said = verdict
      ? `${maxRiskLevel} ${verdict.confidence.toFixed(2)} ${verdict.riskTypes.join(", ")} ${verdict.description}`
      : status === "assessed"
        ? maxRiskLevel
        : `not assessed (${status}): ${errorCode ?? ""} ${error ?? ""}`;
    return `${metadata.simulated ? "[simulated] " : ""}${said}`;
  },
  incidents: ({ value }) => {
    const {
      state,
      riskLevel,
      riskTypes,
      description,
      simulated,
      imageBase64 = "",
    } = decode(incidentSchema, value);
    const said = `${state} ${riskLevel} ${riskTypes.join(", ")} ${description}`;
    return `${simulated ? "[simulated] " : ""}${said}${pictureSizes(imageBase64)}`;
  },
  "dead-letters": ({ headers, value }) =>
    `${headers["error-code"]}: ${headers["error-message"]} (${value.length} bytes of ${headers["source-topic"]} ${headers["source-partition"]}@${headers["source-offset"]})`,
};
