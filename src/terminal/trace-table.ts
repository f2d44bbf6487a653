import type { Config } from "../config/config.ts";
import type { Trace, TracedTask } from "../runtime/trace/trace.ts";
import { counted } from "./counted.ts";
import { essenceOf, placeOf } from "./message-line.ts";
import { formatTable, printable } from "./output.ts";
import { formatAge, formatTime } from "./time.ts";

/** Three tables: whose frame, where its messages stand, and what became of each group when. */
export function describeTrace(trace: Trace, { timezone }: Config): string {
  const { messageId, cameraId, source, capturedAt, stations, tasks, incidents } = trace;
  const width = process.stdout.columns;
  const frame = [
    `frame ${printable(messageId)}`,
    cameraId === undefined ? undefined : `camera ${printable(cameraId)}`,
    source,
    capturedAt === undefined ? undefined : `captured ${formatTime(capturedAt, timezone)}`,
  ];
  const way = formatTable(
    ["TOPIC", "PLACE", "KEY", "AFTER", "WHAT"],
    stations.map(({ topic, message }) => [
      topic,
      placeOf(message),
      printable(message.key),
      capturedAt === undefined ? "-" : formatAge(message.timestamp - capturedAt),
      essenceOf(topic, message),
    ]),
    width,
    4,
  );
  const stages = formatTable(
    ["GROUP", "STATUS", "DETECT", "GENERATE", "SCHEDULE", "VLM", "AGGREGATE", "TOTAL", "CALLS", "WHAT"],
    tasks.map(rowOf),
    width,
    9,
  );
  const states = incidents.map(
    ({ incidentId, state, riskLevel, taskIds }) =>
      `incident ${printable(incidentId)}: ${state}, ${riskLevel}, ${counted(taskIds.length, "verdict")}`,
  );
  const parts = [frame.filter(Boolean).join(", "), way, tasks.length > 0 ? stages : "", states.join("\n")];
  return parts.filter(Boolean).join("\n\n");
}

function rowOf({ groupIndex, status, stagesMs, result, repeats }: TracedTask): string[] {
  const { detect, generate, schedule, vlm, aggregate, total } = stagesMs;
  const times = [detect, generate, schedule, vlm, aggregate];
  // Without its push it is the time until the verdict.
  const isWhole = status !== "assessed" || aggregate !== undefined;
  return [
    String(groupIndex),
    status,
    ...times.map(ageOrDash),
    ageOrDash(total) + (total === undefined || isWhole ? "" : "+"),
    String(result?.metadata.calls ?? "-"),
    printable(wordsOf(status, result)) + (repeats > 0 ? ` (${counted(repeats, "repeat")})` : ""),
  ];
}

const ageOrDash = (ms: number | undefined) => (ms === undefined ? "-" : formatAge(ms));

function wordsOf(status: TracedTask["status"], result: TracedTask["result"]): string {
  if (status === "untasked") return "no task was made of it yet";
  if (result === undefined) return "there is no result yet";
  if (status !== "assessed") return [result.errorCode, result.error].filter(Boolean).join(": ");
  const { results, maxRiskLevel, metadata } = result;
  const [verdict] = results;
  return [
    metadata.simulated && "[simulated]",
    maxRiskLevel,
    verdict?.confidence.toFixed(2),
    verdict?.riskTypes.join(", "),
  ]
    .filter(Boolean)
    .join(" ");
}

/** Without pictures, which `tmon tail` shows; a message's value is what became of it below. */
export function traceJson({
  messageId,
  cameraId,
  source,
  capturedAt,
  stations,
  tasks,
  incidents,
}: Trace): object {
  return {
    messageId,
    cameraId: cameraId ?? null,
    source: source ?? null,
    capturedAt: capturedAt === undefined ? null : new Date(capturedAt),
    messages: stations.map(({ message }) => {
      const { topic, partition, offset, key, timestamp, headers } = message;
      const afterMs = capturedAt === undefined ? null : timestamp - capturedAt;
      return { topic, partition, offset, key, timestamp, afterMs, headers };
    }),
    tasks: tasks.map(({ taskId, groupIndex, status, stagesMs, result, repeats }) => ({
      taskId,
      groupIndex,
      status,
      stagesMs: Object.fromEntries(Object.entries(stagesMs).map(([stage, ms]) => [stage, ms ?? null])),
      attempts: result?.metadata.calls ?? null,
      repeats,
      verdict: result?.status === "assessed" ? (result.results[0] ?? { riskLevel: "none" }) : null,
      errorCode: result?.errorCode ?? null,
      error: result?.error ?? null,
      metadata: result?.metadata ?? null,
    })),
    incidents: incidents.map(({ imageBase64, ...incident }) => incident),
  };
}
