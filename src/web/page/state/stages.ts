import type { FrameVerdicts } from "./model.ts";

export const stageNames = ["detect", "generate", "schedule", "vlm", "aggregate"] as const;
export type StageName = (typeof stageNames)[number];

export interface Stages {
  taskId: string;
  /** ms; undefined where a role of another make left no time. */
  stages: { name: StageName; ms: number | undefined }[];
  totalMs: number | undefined;
}

/** Where the time of a frame's slowest verdict went, capture to push. */
export function stagesOf(on: FrameVerdicts): Stages | undefined {
  const verdict = [...on.verdicts].sort((a, b) => (b.trace.assessedAt ?? 0) - (a.trace.assessedAt ?? 0))[0];
  if (!verdict) return undefined;
  const { capturedAt, detectedAt, generatedAt, dispatchedAt, assessedAt } = { ...on.trace, ...verdict.trace };
  const { aggregatedAt } = on.trace;
  const between = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : Math.max(0, to - from);
  const times: Record<StageName, number | undefined> = {
    detect: between(capturedAt, detectedAt),
    generate: between(detectedAt, generatedAt),
    schedule: between(generatedAt, dispatchedAt),
    vlm: between(dispatchedAt, assessedAt),
    aggregate: between(assessedAt, aggregatedAt),
  };
  return {
    taskId: verdict.taskId,
    stages: stageNames.map((name) => ({ name, ms: times[name] })),
    totalMs: between(capturedAt, aggregatedAt),
  };
}
