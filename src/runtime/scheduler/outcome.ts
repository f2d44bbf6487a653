import { type ErrorCode, messageOf, TmonError } from "../../errors.ts";
import { schemaVersion, type Trace } from "../../messages/common.ts";
import type { ReceivedTask } from "../../messages/received-task.ts";
import {
  type AssessmentResult,
  isDangerous,
  type ResultMetadata,
  type ResultStatus,
  type Verdict,
  worstLevel,
} from "../../messages/result.ts";
import type { WaitEnd } from "./queue.ts";

/** What became of a task. */
export type Outcome = (
  | { status: "assessed"; verdicts: Verdict[] }
  | { status: Exclude<ResultStatus, "assessed">; code: ErrorCode; error: string }
) & { metadata?: ResultMetadata; trace?: Pick<Trace, "dispatchedAt" | "assessedAt"> };

export function failed(error: unknown): Outcome {
  const code = error instanceof TmonError ? error.code : "TMON_INTERNAL";
  return { status: "failed", code, error: messageOf(error) };
}

export function isUnaffordable(error: unknown): error is TmonError {
  return (
    error instanceof TmonError &&
    (error.code === "TMON_BUDGET_SPENT" || error.code === "TMON_SPEND_NOT_ALLOWED")
  );
}

/** The task would cost what may not be spent: what is spent is spent, what was never allowed is a mistake. */
export function unaffordable(error: TmonError): Outcome {
  const status = error.code === "TMON_BUDGET_SPENT" ? "expired" : "failed";
  return { status, code: error.code, error: error.message };
}

const waitEnds: Record<WaitEnd, Outcome> = {
  superseded: {
    status: "superseded",
    code: "TMON_TASK_SUPERSEDED",
    error: "a newer look at the same group came before this one's turn",
  },
  expired: {
    status: "expired",
    code: "TMON_TASK_EXPIRED",
    error: "the task was too old for a call when its turn came",
  },
  overloaded: {
    status: "expired",
    code: "TMON_OVERLOADED",
    error: "more tasks waited than memory allows; the least valuable were left out",
  },
};

export function waitEnded(end: WaitEnd): Outcome {
  return waitEnds[end];
}

/** The final word on a task. Not assessed never reads as safe. */
export function resultOf(task: ReceivedTask, outcome: Outcome): AssessmentResult {
  const assessed = outcome.status === "assessed";
  const worst = assessed ? worstLevel(outcome.verdicts.map((verdict) => verdict.riskLevel)) : "unknown";
  return {
    schemaVersion,
    messageId: `${task.taskId}_result`,
    taskId: task.taskId,
    requestId: task.requestId,
    cameraId: task.cameraId,
    timestamp: task.timestamp,
    groupIndex: task.groupIndex,
    status: outcome.status,
    results: assessed ? outcome.verdicts : [],
    hasDangerousDriving: worst === "unknown" ? null : isDangerous(worst),
    maxRiskLevel: worst,
    error: assessed ? null : outcome.error,
    errorCode: assessed ? null : outcome.code,
    metadata: { ...outcome.metadata, ...(task.simulationModel && { simulationModel: true }) },
    trace: { ...task.trace, ...outcome.trace },
  };
}
