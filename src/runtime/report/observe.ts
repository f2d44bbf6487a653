import type { z } from "zod";
import type { ReceivedMessage } from "../../bus/bus.ts";
import { decode } from "../../messages/codec.ts";
import { type Detection, detectionSchema } from "../../messages/detection.ts";
import { taskIdOf } from "../../messages/ids.ts";
import { type AssessmentResult, resultSchema } from "../../messages/result.ts";
import { taskSchema } from "../../messages/task.ts";
import type { TopicId } from "../../messages/topics.ts";
import { letterOf, nameOf } from "../letters/letters.ts";
import type { Observations } from "./observations.ts";

/** Counts one message of the bus. What cannot be read is counted when it reaches dead-letters. */
export function observeMessage(seen: Observations, topic: TopicId, message: ReceivedMessage): void {
  const { value } = message;
  if (topic === "dead-letters") seen.deadLettered.add(nameOf(letterOf(message)));
  if (topic === "detection-results")
    whenReadable(detectionSchema, value, (frame) => observeFrame(seen, frame));
  if (topic === "assessment-tasks") whenReadable(taskSchema, value, ({ taskId }) => seen.tasks.add(taskId));
  if (topic === "risk-assessment-results")
    whenReadable(resultSchema, value, (result) => observeResult(seen, result));
}

function whenReadable<Schema extends z.ZodType>(
  schema: Schema,
  value: Buffer,
  observe: (message: z.output<Schema>) => void,
): void {
  let message: z.output<Schema>;
  try {
    message = decode(schema, value);
  } catch {
    return;
  }
  observe(message);
}

function observeFrame(seen: Observations, { messageId, trafficGroups }: Detection): void {
  seen.frames.set(messageId, {
    taskIds: trafficGroups.map((group) => taskIdOf(messageId, group.groupIndex)),
  });
}

/** The first result in log order counts, except that assessed replaces one that is not. */
function observeResult(seen: Observations, result: AssessmentResult): void {
  const { taskId, requestId, status, metadata, trace } = result;
  const {
    calls = 0,
    throttledCalls = 0,
    llmOpenMs = 0,
    promptTokens,
    completionTokens = 0,
    costYuan = 0,
  } = metadata;
  const earlier = seen.results.get(taskId);
  if (earlier) seen.repeats += 1;
  if (earlier && (earlier.status === "assessed" || status !== "assessed")) return;
  seen.results.set(taskId, {
    messageId: requestId,
    status,
    trace,
    calls,
    throttled: throttledCalls,
    openMs: llmOpenMs,
    promptTokens: promptTokens ?? 0,
    completionTokens,
    costYuan,
    callsWithoutUsage: promptTokens === undefined ? calls : 0,
    model: metadata.llmModel,
    simulated: metadata.simulated ?? false,
  });
}

/** Counts one push as a screen sees it: the message of a `camera:{id}` channel. */
export function observePush(seen: Observations, message: string, now: number): void {
  const { newTaskIds = [] } = JSON.parse(message) as { newTaskIds?: string[] };
  seen.pushes += 1;
  for (const taskId of newTaskIds) {
    const earlier = seen.pushed.get(taskId);
    if (earlier) earlier.times += 1;
    else seen.pushed.set(taskId, { at: now, times: 1 });
  }
}
