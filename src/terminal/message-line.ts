import { isUtf8 } from "node:buffer";
import type { ReceivedMessage } from "../bus/bus.ts";
import type { Config } from "../config/config.ts";
import { messageOf } from "../errors.ts";
import { decode } from "../messages/codec.ts";
import { detectionSchema } from "../messages/detection.ts";
import { incidentSchema } from "../messages/incident.ts";
import { resultSchema } from "../messages/result.ts";
import { taskSchema } from "../messages/task.ts";
import type { TopicId } from "../messages/topics.ts";
import { counted } from "./counted.ts";
import { formatTime } from "./time.ts";

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

/** One message as a person reads it: when, where, whose, and what it says; no pictures. */
export function describeMessage(topic: TopicId, message: ReceivedMessage, config: Config): string {
  const place = `${message.partition}@${message.offset}`;
  return [
    formatTime(message.timestamp, config.timezone),
    place.padEnd(8),
    message.key.padEnd(10),
    essence(topic, message),
  ].join("  ");
}

function essence(topic: TopicId, message: ReceivedMessage): string {
  try {
    return essences[topic](message);
  } catch (error) {
    return messageOf(error);
  }
}

const essences: Record<TopicId, (message: ReceivedMessage) => string> = {
  "detection-results": ({ value }) => {
    const { detectedObjects, trafficGroups } = decode(detectionSchema, value);
    const groups = trafficGroups.map(({ classes, objectCount }) => `${objectCount} (${classes.join(", ")})`);
    return `${counted(detectedObjects.length, "object")}, ${counted(groups.length, "group")}${groups.length > 0 ? `: ${groups.join("; ")}` : ""}`;
  },
  "assessment-tasks": ({ value }) => {
    const { taskId, groupMetadata, detectedObjects } = decode(taskSchema, value);
    return `${taskId}: ${counted(detectedObjects.length, "object")} (${groupMetadata.classes.join(", ")})`;
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
    const { state, riskLevel, riskTypes, description, simulated } = decode(incidentSchema, value);
    return `${simulated ? "[simulated] " : ""}${state} ${riskLevel} ${riskTypes.join(", ")} ${description}`;
  },
  "dead-letters": ({ headers, value }) =>
    `${headers["error-code"]}: ${headers["error-message"]} (${value.length} bytes of ${headers["source-topic"]} ${headers["source-partition"]}@${headers["source-offset"]})`,
};
