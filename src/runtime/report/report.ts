import type { ResultStatus } from "../../messages/result.ts";
import type { Observations } from "./observations.ts";
import { type Percentiles, percentiles } from "./percentiles.ts";

/** The run report, design "Contracts" §5. Counts are of distinct ids; durations are ms unless named. */
export interface Report {
  schemaVersion: 1;
  run: RunFacts["run"];
  startedAt: string;
  durationSeconds: number;
  cameras: RunFacts["cameras"];
  frames: RunFacts["frames"];
  messages: { detections: number; tasks: number; results: number; pushes: number };
  results: Record<ResultStatus, number>;
  lost: number;
  pending: number;
  /** Why not all could be seen that was there at the end: what is missing is then pending, not lost. */
  incomplete: string | null;
  deadLettered: number;
  repeats: number;
  duplicates: number;
  endToEndMs: Percentiles;
  overheadMs: Percentiles;
  stagesMs: Record<"detect" | "generate" | "schedule" | "vlm" | "aggregate", Percentiles>;
  vlm: {
    requests: number;
    throughputPerSecond: number;
    successRate: number | null;
    throttled: number;
    maxConcurrency: number;
    promptTokens: number;
    completionTokens: number;
    costYuan: number;
    callsWithoutUsage: number;
  };
  lag: { max: number; final: number };
  process: { cpuSeconds: number; maxRssBytes: number };
  slo: { expression: string; actual: number | null; passed: boolean }[];
}

/** What messages cannot say. */
export interface RunFacts {
  run: {
    version: string;
    bus: string;
    store: string;
    model: string | null;
    vlm: string;
    simulated: boolean;
    cores: number;
    node: string;
  };
  startedAt: number;
  endedAt: number;
  cameras: { configured: number; live: number };
  frames: { processed: number; dropped: number };
  lag: { max: number; final: number };
  process: { cpuSeconds: number; maxRssBytes: number };
  /** Messages that retention removed before they were read. */
  unreadLost: number;
  /** False if the drain's deadline passed: what is missing is then pending, not lost. */
  drained: boolean;
  incomplete: string | null;
}

export function makeReport(seen: Observations, facts: RunFacts): Report {
  const results = [...seen.results];
  const assessed = results.filter(([, result]) => result.status === "assessed");
  const { groupsWithoutTask, tasksWithoutResult, verdictsWithoutPush } = unfinished(seen);
  const missing = groupsWithoutTask + tasksWithoutResult + verdictsWithoutPush;
  // What a group has not acknowledged will still come, if only from another process.
  const allDone = facts.drained && facts.incomplete === null && facts.lag.final === 0;
  const count = (status: ResultStatus) => results.filter(([, result]) => result.status === status).length;
  const sum = (
    of: "calls" | "throttled" | "promptTokens" | "completionTokens" | "costYuan" | "callsWithoutUsage",
  ) => results.reduce((total, [, result]) => total + result[of], 0);
  const durationSeconds = (facts.endedAt - facts.startedAt) / 1000;

  return {
    schemaVersion: 1,
    run: facts.run,
    startedAt: new Date(facts.startedAt).toISOString(),
    durationSeconds,
    cameras: facts.cameras,
    frames: facts.frames,
    messages: {
      detections: seen.frames.size,
      tasks: seen.tasks.size,
      results: seen.results.size,
      pushes: seen.pushes,
    },
    results: {
      assessed: assessed.length,
      failed: count("failed"),
      expired: count("expired"),
      superseded: count("superseded"),
    },
    lost: facts.unreadLost + (allDone ? missing : 0),
    pending: allDone ? 0 : missing,
    incomplete: facts.incomplete,
    deadLettered: seen.deadLettered.size,
    repeats: seen.repeats,
    duplicates: [...seen.pushed.values()].filter(({ times }) => times > 1).length,
    ...latencies(seen),
    vlm: {
      requests: sum("calls"),
      throughputPerSecond: assessed.length / durationSeconds,
      successRate: sum("calls") === 0 ? null : assessed.length / sum("calls"),
      throttled: sum("throttled"),
      maxConcurrency: maxConcurrency(seen),
      promptTokens: sum("promptTokens"),
      completionTokens: sum("completionTokens"),
      costYuan: sum("costYuan"),
      callsWithoutUsage: sum("callsWithoutUsage"),
    },
    lag: facts.lag,
    process: facts.process,
    slo: [],
  };
}

export interface Unfinished {
  groupsWithoutTask: number;
  tasksWithoutResult: number;
  verdictsWithoutPush: number;
}

export function unfinished(seen: Observations): Unfinished {
  const groups = [...seen.frames.values()].flatMap((frame) => frame.taskIds);
  return {
    groupsWithoutTask: groups.filter((taskId) => !seen.tasks.has(taskId)).length,
    tasksWithoutResult: [...seen.tasks].filter((taskId) => !seen.results.has(taskId)).length,
    verdictsWithoutPush: [...seen.results].filter(
      ([taskId, result]) => result.status === "assessed" && !seen.pushed.has(taskId),
    ).length,
  };
}

/** Of assessed tasks that were pushed: capture to first push, and that less the open VLM request. */
function latencies(seen: Observations): Pick<Report, "endToEndMs" | "overheadMs" | "stagesMs"> {
  const samples = [...seen.results].flatMap(([taskId, { status, trace, openMs }]) => {
    const pushedAt = seen.pushed.get(taskId)?.at;
    const { capturedAt, detectedAt, generatedAt, dispatchedAt, assessedAt } = trace;
    if (status !== "assessed" || pushedAt === undefined || capturedAt === undefined) return [];
    const endToEnd = pushedAt - capturedAt;
    return {
      endToEnd,
      overhead: endToEnd - openMs,
      detect: between(capturedAt, detectedAt),
      generate: between(detectedAt, generatedAt),
      schedule: between(generatedAt, dispatchedAt),
      vlm: openMs,
      aggregate: between(assessedAt, pushedAt),
    };
  });
  const of = (name: keyof (typeof samples)[number]) =>
    percentiles(samples.flatMap((sample) => sample[name] ?? []));
  return {
    endToEndMs: of("endToEnd"),
    overheadMs: of("overhead"),
    stagesMs: {
      detect: of("detect"),
      generate: of("generate"),
      schedule: of("schedule"),
      vlm: of("vlm"),
      aggregate: of("aggregate"),
    },
  };
}

function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}

/** Most tasks with a request open at one time; a task with several had one at a time. */
function maxConcurrency(seen: Observations): number {
  const changes = [...seen.results.values()].flatMap(({ trace, calls, openMs }) =>
    calls > 0 && trace.dispatchedAt !== undefined
      ? [
          { at: trace.dispatchedAt, by: 1 },
          { at: trace.dispatchedAt + openMs, by: -1 },
        ]
      : [],
  );
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let open = 0;
  let most = 0;
  for (const { by } of changes) {
    open += by;
    most = Math.max(most, open);
  }
  return most;
}
