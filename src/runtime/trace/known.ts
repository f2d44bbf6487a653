import type { z } from "zod";
import { decode } from "../../messages/codec.ts";
import { type Detection, detectionSchema } from "../../messages/detection.ts";
import { taskIdOf } from "../../messages/ids.ts";
import { type Incident, incidentSchema } from "../../messages/incident.ts";
import { type AssessmentResult, resultSchema } from "../../messages/result.ts";
import { type AssessmentTask, taskSchema } from "../../messages/task.ts";
import type { TopicId } from "../../messages/topics.ts";
import type { Subject } from "./subject.ts";
import type { Station } from "./trace.ts";

/** What the stations say, as far as they can be read. */
export interface Known {
  detection: Detection | undefined;
  tasks: AssessmentTask[];
  results: AssessmentResult[];
  incidents: Incident[];
  /** When each result was written, epoch ms. */
  writtenAt: ReadonlyMap<AssessmentResult, number>;
}

export function knownOf(stations: readonly Station[]): Known {
  const writtenAt = new Map(readAll(stations, "risk-assessment-results", resultSchema));
  const wordsOf = <Message>(all: [Message, number][]): Message[] => all.map(([message]) => message);
  return {
    detection: wordsOf(readAll(stations, "detection-results", detectionSchema))[0],
    tasks: wordsOf(readAll(stations, "assessment-tasks", taskSchema)),
    results: [...writtenAt.keys()],
    incidents: wordsOf(readAll(stations, "incidents", incidentSchema)),
    writtenAt,
  };
}

/** What can be read, with its append time. */
function readAll<Schema extends z.ZodType>(
  stations: readonly Station[],
  topic: TopicId,
  schema: Schema,
): [z.output<Schema>, number][] {
  return stations.flatMap((station) => {
    if (station.topic !== topic) return [];
    try {
      return [[decode(schema, station.message.value), station.message.timestamp]];
    } catch {
      return [];
    }
  });
}

/** The tasks there are or should be, in the groups' order; of one task that one alone. */
export function taskIdsOf({ detection, tasks, results }: Known, { taskId }: Subject): string[] {
  if (taskId !== undefined) return [taskId];
  const groups = detection?.trafficGroups ?? [];
  const ids = [
    ...groups.map(({ groupIndex }) => taskIdOf(detection?.messageId ?? "", groupIndex)),
    ...[...tasks, ...results].map((message) => message.taskId),
  ];
  return [...new Set(ids)];
}

/** True if nothing more of the topic is to be expected but repeats. */
export function isWholeWay(topic: TopicId, stations: readonly Station[], subject: Subject): boolean {
  const known = knownOf(stations);
  const there = new Set((topic === "assessment-tasks" ? known.tasks : known.results).map((of) => of.taskId));
  if (topic === "detection-results") return known.detection !== undefined;
  return known.detection !== undefined && taskIdsOf(known, subject).every((id) => there.has(id));
}
