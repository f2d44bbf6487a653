import type { Trace as Times } from "../../messages/common.ts";
import type { Incident } from "../../messages/incident.ts";
import { type Known, knownOf, taskIdsOf } from "./known.ts";
import type { Subject } from "./subject.ts";
import type { Stages, Station, Trace, TracedTask } from "./trace.ts";

/** What the stations tell of each group. */
export function accountOf(
  subject: Subject,
  stations: readonly Station[],
  aggregatedAt: number | undefined,
): Trace {
  const known = knownOf(stations);
  const { detection, tasks, results, incidents } = known;
  const first = detection ?? tasks[0] ?? results[0];
  return {
    messageId: subject.messageId,
    cameraId: first?.cameraId ?? incidents[0]?.cameraId,
    source: detection?.source ?? tasks[0]?.source,
    capturedAt: first && (first.trace.capturedAt ?? Date.parse(first.timestamp)),
    stations: subject.isIncident ? [...stations] : withoutUpdates(stations),
    tasks: taskIdsOf(known, subject).map((taskId) => accountOfTask(taskId, known, aggregatedAt)),
    incidents: newestOf(incidents),
  };
}

function accountOfTask(
  taskId: string,
  { detection, tasks, results, writtenAt }: Known,
  aggregatedAt: number | undefined,
): TracedTask {
  const own = results.filter((result) => result.taskId === taskId);
  const result = own.find(({ status }) => status === "assessed") ?? own[0];
  const task = tasks.find((each) => each.taskId === taskId);
  return {
    taskId,
    groupIndex: Number(/_group(\d+)$/.exec(taskId)?.[1] ?? task?.groupIndex ?? result?.groupIndex ?? 1),
    status: result?.status ?? (task ? "open" : "untasked"),
    stagesMs: stagesOf(
      { ...detection?.trace, ...task?.trace, ...result?.trace },
      result?.status === "assessed"
        ? { pushedAt: aggregatedAt }
        : { endedAt: result && writtenAt.get(result) },
    ),
    result,
    repeats: Math.max(0, own.length - 1),
  };
}

/** `endedAt`: when a task without a verdict had its final word. */
function stagesOf(
  { capturedAt, detectedAt, generatedAt, dispatchedAt, assessedAt }: Times,
  { pushedAt, endedAt }: { pushedAt?: number | undefined; endedAt?: number | undefined },
): Stages {
  const doneAt = pushedAt ?? endedAt ?? assessedAt;
  return {
    detect: between(capturedAt, detectedAt),
    generate: between(detectedAt, generatedAt),
    schedule: between(generatedAt, dispatchedAt ?? endedAt),
    vlm: between(dispatchedAt, assessedAt ?? endedAt),
    aggregate: between(assessedAt, pushedAt),
    total: between(capturedAt, doneAt ?? dispatchedAt ?? generatedAt ?? detectedAt),
  };
}

function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}

/** An incident names its tasks in each of its messages: of a task's way are the one it made and the newest. */
function withoutUpdates(stations: readonly Station[]): Station[] {
  const incidents = stations.filter(({ topic }) => topic === "incidents");
  const keyOf = ({ message }: Station) => message.key;
  return stations.filter((station) => {
    if (station.topic !== "incidents") return true;
    const own = incidents.filter((other) => keyOf(other) === keyOf(station));
    return station === own[0] || station === own.at(-1);
  });
}

function newestOf(incidents: readonly Incident[]): Incident[] {
  return [...new Map(incidents.map((incident) => [incident.incidentId, incident])).values()];
}
