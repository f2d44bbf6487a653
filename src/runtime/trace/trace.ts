import type { ReceivedMessage } from "../../bus/bus.ts";
import type { Source } from "../../messages/common.ts";
import type { Incident } from "../../messages/incident.ts";
import type { AssessmentResult } from "../../messages/result.ts";
import { type TopicId, topicIds } from "../../messages/topics.ts";
import { accountOf } from "./account.ts";
import { type FindOptions, findFirst, findRest } from "./find.ts";
import { isWholeWay } from "./known.ts";
import type { Subject } from "./subject.ts";

/** A message on the way of what is traced. */
export interface Station {
  topic: TopicId;
  message: ReceivedMessage;
}

/** Time in each stage, ms; undefined where a stage was not reached or nobody says when. */
export interface Stages {
  detect: number | undefined;
  generate: number | undefined;
  /** Waiting for its first call, or for its end without one. */
  schedule: number | undefined;
  /** From the first request to the verdict or the end without one, back-off included. */
  vlm: number | undefined;
  /** From the verdict to the frame's newest push. */
  aggregate: number | undefined;
  /** From the capture to the last of them that is known. */
  total: number | undefined;
}

/** One group of the frame, from its detection to what became of it. */
export interface TracedTask {
  taskId: string;
  groupIndex: number;
  /** open: there is no result yet; untasked: there is no task either. */
  status: AssessmentResult["status"] | "open" | "untasked";
  stagesMs: Stages;
  /** The result that counts. */
  result: AssessmentResult | undefined;
  /** Results beyond it. */
  repeats: number;
}

export interface Trace {
  messageId: string;
  cameraId: string | undefined;
  source: Source | undefined;
  /** Epoch ms in the store's clock, or the message's own time where no trace says it. */
  capturedAt: number | undefined;
  /** In the order of the topics, then of the log. */
  stations: Station[];
  tasks: TracedTask[];
  /** The incidents it is part of, in their newest state. */
  incidents: Incident[];
}

/**
 * The way of a frame, a task or an incident through the topics; undefined if none of them holds anything of it.
 *
 *   first message -> its partition -> the rest of the way -> an account of each group
 *
 * `aggregatedAt` says when a frame was pushed: that stands in no topic.
 */
export async function trace(
  options: FindOptions,
  subject: Subject,
  aggregatedAt: (messageId: string) => Promise<number | undefined>,
): Promise<Trace | undefined> {
  const first = await findFirst(options, subject);
  if (first === undefined) return undefined;
  const stations: Station[] = [];
  for (const topic of topicIds.slice(topicIds.indexOf(first.topic))) {
    const isComplete = (found: Station[]) => isWholeWay(topic, [...stations, ...found], subject);
    stations.push(...(await findRest(options, subject, { first, topic, isComplete })));
  }
  return accountOf(subject, stations, await aggregatedAt(subject.messageId));
}
