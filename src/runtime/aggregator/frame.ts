import type { AggregatorConfig } from "../../config/config.ts";
import type { Detection } from "../../messages/detection.ts";
import { taskIdOf } from "../../messages/ids.ts";
import { type AssessmentResult, isDangerous } from "../../messages/result.ts";
import type { Receipt } from "../receipt.ts";

/** One frame being joined. Times are epoch ms in the store's clock. */
export interface Frame {
  readonly messageId: string;
  readonly cameraId: string;
  readonly capturedAt: number;
  arrivedAt: number;
  /** Since the detection is there. */
  firstResultAt: number | undefined;
  detection: Detection | undefined;
  /** By taskId, the result that counts. */
  readonly results: Map<string, AssessmentResult>;
  /** taskIds whose verdict of danger has been told. */
  readonly told: Set<string>;
  /** The detection's and all results', repeats among them: acknowledged together. */
  readonly receipts: Receipt[];
  /** Bytes of the detection, and of results that wait for one. */
  detectionBytes: number;
  orphanBytes: number[];
  /** Its mark is being looked up. */
  lookingUp: boolean;
  closing: boolean;
  /** The frame's pushes, one after the other. */
  work: Promise<void>;
}

export function newFrame(message: Detection | AssessmentResult, messageId: string, now: number): Frame {
  return {
    messageId,
    cameraId: message.cameraId,
    capturedAt: message.trace.capturedAt ?? Date.parse(message.timestamp),
    arrivedAt: now,
    firstResultAt: undefined,
    detection: undefined,
    results: new Map(),
    told: new Set(),
    receipts: [],
    detectionBytes: 0,
    orphanBytes: [],
    lookingUp: false,
    closing: false,
    work: Promise.resolve(),
  };
}

/** The first final result in log order counts, except that assessed replaces one that is not. True if it does. */
export function takeResult(results: Map<string, AssessmentResult>, result: AssessmentResult): boolean {
  const earlier = results.get(result.taskId);
  if (earlier && (earlier.status === "assessed" || result.status !== "assessed")) return false;
  results.set(result.taskId, result);
  return true;
}

/** Every group of the detection has its final result. */
export function isComplete({ messageId, detection, results }: Frame): boolean {
  return (
    detection?.trafficGroups.every((group) => results.has(taskIdOf(messageId, group.groupIndex))) ?? false
  );
}

/** Verdicts of medium or more that nobody has been told of. */
export function untoldDangers({ results, told }: Frame): AssessmentResult[] {
  return [...results.values()].filter(
    ({ taskId, maxRiskLevel }) =>
      maxRiskLevel !== "unknown" && isDangerous(maxRiskLevel) && !told.has(taskId),
  );
}

/**
 * When the frame closes whatever is missing: `closeAfterMs` after its first result, or `maxAgeMs` after its
 * capture. A frame read late, after an outage, is given `closeAfterMs` for its results to be read too, and a
 * capture in the future delays nothing.
 */
export function closesAt(frame: Frame, { closeAfterMs, maxAgeMs }: AggregatorConfig): number {
  const tooOld = Math.min(
    Math.max(frame.capturedAt + maxAgeMs, frame.arrivedAt + closeAfterMs),
    frame.arrivedAt + maxAgeMs,
  );
  return frame.firstResultAt === undefined ? tooOld : Math.min(tooOld, frame.firstResultAt + closeAfterMs);
}
