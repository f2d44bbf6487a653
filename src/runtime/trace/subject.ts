import type { ReceivedMessage } from "../../bus/bus.ts";
import { timeOfId } from "../../messages/ids.ts";
import type { TopicId } from "../../messages/topics.ts";

/** What is looked for: a frame, one of its tasks (or that task's result), or an incident. */
export interface Subject {
  /** As it was asked for. */
  id: string;
  messageId: string;
  /** Undefined: the whole frame. */
  taskId: string | undefined;
  isIncident: boolean;
  /** When the frame's message was made, epoch ms, if its id says so. */
  madeAt: number | undefined;
}

/** messageId, `{messageId}_groupN`, `…_groupN_result` and `incident_{taskId}` all say which frame they come from. */
export function subjectOf(id: string): Subject {
  const taskId = id.replace(/^incident_/, "").replace(/_result$/, "");
  const messageId = taskId.replace(/_group\d+$/, "");
  return {
    id,
    messageId,
    taskId: taskId === messageId ? undefined : taskId,
    isIncident: id.startsWith("incident_"),
    madeAt: timeOfId(messageId),
  };
}

interface Ids {
  messageId?: unknown;
  taskId?: unknown;
  incidentId?: unknown;
  taskIds?: unknown;
}

/** True if the message is a station of the subject's way. */
export function concerns(subject: Subject, topic: TopicId, { value }: ReceivedMessage): boolean {
  // Most messages are told apart by this alone, without being parsed.
  if (!value.includes(subject.messageId)) return false;
  const ids = idsOf(value);
  // A letter that is no JSON may still name the id it would have had.
  if (ids === undefined) return topic === "dead-letters" && value.includes(`"${subject.messageId}`);
  if (topic === "incidents") return isIncidentOf(subject, ids);
  return [ids.messageId, ids.taskId].some((id) => typeof id === "string" && isOn(subject, id));
}

function isIncidentOf(subject: Subject, { incidentId, taskIds }: Ids): boolean {
  if (subject.isIncident) return incidentId === subject.id;
  return Array.isArray(taskIds) && taskIds.some((id) => typeof id === "string" && isOn(subject, id));
}

/** The frame's own message is a station of each of its tasks. */
function isOn(subject: Subject, id: string): boolean {
  const of = subjectOf(id);
  if (of.messageId !== subject.messageId) return false;
  return subject.taskId === undefined || of.taskId === undefined || of.taskId === subject.taskId;
}

function idsOf(value: Buffer): Ids | undefined {
  try {
    return (JSON.parse(value.toString("utf8")) ?? {}) as Ids;
  } catch {
    return undefined;
  }
}
