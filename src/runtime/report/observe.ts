import type { ReceivedMessage } from "../../bus/bus.ts";
import type { Detection } from "../../messages/detection.ts";
import { taskIdOf } from "../../messages/ids.ts";
import type { AssessmentResult } from "../../messages/result.ts";
import type { AssessmentTask } from "../../messages/task.ts";
import type { TopicId } from "../../messages/topics.ts";
import type { Observations } from "./observations.ts";

/** Counts one message of the bus. What cannot be parsed is counted when it reaches dead-letters. */
export function observeMessage(seen: Observations, topic: TopicId, message: ReceivedMessage): void {
  if (topic === "dead-letters") seen.deadLettered += 1;
  const json = parse(message.value);
  if (!json) return;
  if (topic === "detection-results") observeDetection(seen, json as Detection);
  if (topic === "assessment-tasks") seen.tasks.add((json as AssessmentTask).taskId);
  if (topic === "risk-assessment-results") observeResult(seen, json as AssessmentResult);
}

function observeDetection(seen: Observations, { messageId, trafficGroups }: Detection): void {
  seen.frames.set(messageId, {
    taskIds: trafficGroups.map((group) => taskIdOf(messageId, group.groupIndex)),
  });
}

/** The first result in log order counts, except that assessed replaces one that is not. */
function observeResult(seen: Observations, result: AssessmentResult): void {
  const { taskId, requestId, status, metadata, trace } = result;
  const earlier = seen.results.get(taskId);
  if (earlier) seen.repeats += 1;
  if (earlier && (earlier.status === "assessed" || status !== "assessed")) return;
  seen.results.set(taskId, {
    messageId: requestId,
    status,
    trace,
    calls: metadata.calls ?? 0,
    throttled: metadata.throttledCalls ?? 0,
    openMs: metadata.llmOpenMs ?? 0,
    promptTokens: metadata.promptTokens ?? 0,
    completionTokens: metadata.completionTokens ?? 0,
    costYuan: metadata.costYuan ?? 0,
    withoutUsage: status === "assessed" && metadata.promptTokens === undefined,
  });
}

/** Counts one push as a screen sees it: the message of a `camera:{id}` channel. */
export function observePush(seen: Observations, message: string, now: number): void {
  const push = parse(Buffer.from(message)) as { newTaskIds?: string[] } | undefined;
  seen.pushes += 1;
  for (const taskId of push?.newTaskIds ?? []) {
    const earlier = seen.pushed.get(taskId);
    if (earlier) earlier.times += 1;
    else seen.pushed.set(taskId, { at: now, times: 1 });
  }
}

function parse(value: Buffer): object | undefined {
  try {
    const json = JSON.parse(value.toString("utf8"));
    return typeof json === "object" && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
