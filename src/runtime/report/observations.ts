import type { Trace } from "../../messages/common.ts";
import type { ResultStatus } from "../../messages/result.ts";

/** What the report keeps of each message: enough to count by distinct id, none of the pictures. */
export interface Observations {
  /** messageId -> the frame's groups. */
  readonly frames: Map<string, { taskIds: string[] }>;
  readonly tasks: Set<string>;
  readonly results: Map<string, ResultObservation>;
  /** taskId -> when a push first showed it (undefined: known by its mark only), and how many did. */
  readonly pushed: Map<string, { at: number | undefined; times: number }>;
  pushes: number;
  repeats: number;
  /** Distinct messages, as nameOf of their letters says. */
  readonly deadLettered: Set<string>;
}

export interface ResultObservation {
  messageId: string;
  status: ResultStatus;
  trace: Trace;
  calls: number;
  throttled: number;
  /** Time in which a VLM request of the task was open, ms. */
  openMs: number;
  promptTokens: number;
  completionTokens: number;
  costYuan: number;
  /** Calls whose tokens nobody counted. */
  callsWithoutUsage: number;
  /** Undefined where no model was asked. */
  model: string | undefined;
  simulated: boolean;
}

export function noObservations(): Observations {
  return {
    frames: new Map(),
    tasks: new Set(),
    results: new Map(),
    pushed: new Map(),
    pushes: 0,
    repeats: 0,
    deadLettered: new Set(),
  };
}
