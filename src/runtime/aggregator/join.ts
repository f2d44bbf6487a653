import type { AggregatorConfig } from "../../config/config.ts";
import type { Detection } from "../../messages/detection.ts";
import type { AssessmentResult } from "../../messages/result.ts";
import type { FrameMark } from "../../store/store.ts";
import type { Receipt } from "../receipt.ts";
import type { Window } from "../window.ts";
import { closesAt, type Frame, isComplete, newFrame, takeResult, untoldDangers } from "./frame.ts";
import { bareDetection, decodeMark } from "./mark.ts";
import type { FrameState } from "./payload.ts";

export interface JoinOptions {
  config: AggregatorConfig;
  /** The store's clock, epoch ms. */
  now(): number;
  /** Tells people of the frame's state and of dangers not told before; resolves when that is durable. */
  show(state: FrameState, dangers: readonly AssessmentResult[], closing: boolean): Promise<void>;
  findMark(messageId: string): Promise<FrameMark | undefined>;
  /** Detections held, and results held that wait for one. */
  windows: { detections: Window; orphans: Window };
}

export interface Join {
  detection(detection: Detection, receipt: Receipt): void;
  result(result: AssessmentResult, receipt: Receipt): void;
  /** Closes what is due. */
  tick(): void;
  /** Gives frames of these partitions that still wait to the next owner, who reads them again. */
  abandon(partitions: readonly number[]): void;
  /** Forgets frames whose partition is lost. */
  forgetLost(): void;
  /** Resolves when no push is under way. */
  settled(): Promise<void>;
  size(): number;
}

/**
 * Joins each frame's detection with its results; what arrives first opens the frame.
 *
 *   open (detection) -(all groups final, or time)-> closing -> pushed, everything acknowledged, forgotten
 *     ^        |-(a verdict of danger)-> pushed at once, still open
 *     |        \-(its partition is handed over)-> abandoned, forgotten
 *     |
 *   orphan (results alone) -(its mark says closed: late, or time)-> closing
 */
export function createJoin({ config, now, show, findMark, windows }: JoinOptions): Join {
  const frames = new Map<string, Frame>();

  function frameOf(message: Detection | AssessmentResult, messageId: string): Frame {
    const frame = frames.get(messageId) ?? newFrame(message, messageId, now());
    frames.set(messageId, frame);
    return frame;
  }

  function takeDetection(detection: Detection, receipt: Receipt): void {
    const frame = frameOf(detection, detection.messageId);
    frame.receipts.push(receipt);
    if (frame.detection || frame.closing) return;
    releaseOrphan(frame);
    frame.detection = detection;
    frame.detectionBytes = receipt.bytes;
    windows.detections.add(frame.detectionBytes);
    frame.arrivedAt = now();
    if (frame.results.size > 0) frame.firstResultAt = now();
    review(frame);
  }

  function takeOneResult(result: AssessmentResult, receipt: Receipt): void {
    if (!receipt.owned()) return;
    const frame = frameOf(result, result.requestId);
    if (frame.closing) {
      frame.work.then(() => takeOneResult(result, receipt)).catch(() => {});
      return;
    }
    frame.receipts.push(receipt);
    takeResult(frame.results, result);
    if (frame.detection) {
      frame.firstResultAt ??= now();
      review(frame);
    } else {
      frame.orphanBytes.push(receipt.bytes);
      windows.orphans.add(receipt.bytes);
      closeOrphan(frame, { due: false });
    }
  }

  function review(frame: Frame): void {
    if (isComplete(frame)) close(frame);
    else if (untoldDangers(frame).length > 0) push(frame, false);
  }

  /**
   * A result of a frame that was closed before is shown at once, with what the frame's mark remembers; one
   * whose detection never came is shown when due.
   */
  function closeOrphan(frame: Frame, { due }: { due: boolean }): void {
    if (frame.lookingUp) return;
    frame.lookingUp = true;
    findMark(frame.messageId)
      .then((mark) => {
        frame.lookingUp = false;
        if (frame.detection || frame.closing || frames.get(frame.messageId) !== frame) return;
        if (due || mark?.closed) closeAs(frame, mark);
      })
      .catch(() => {});
  }

  function closeAs(frame: Frame, mark: FrameMark | undefined): void {
    const known = mark && decodeMark(mark);
    const newer = [...frame.results.values()];
    frame.results.clear();
    for (const result of known?.results ?? []) takeResult(frame.results, result);
    for (const taskId of mark?.taskIds ?? []) frame.told.add(taskId);
    for (const result of newer) takeResult(frame.results, result);
    frame.detection = known?.detection ?? bareDetection(newer[0]!);
    close(frame);
  }

  function close(frame: Frame): void {
    push(frame, true);
    end(frame, (receipt) => receipt.acknowledge());
  }

  /** Once its pushes are done. */
  function end(frame: Frame, letGo: (receipt: Receipt) => void): void {
    frame.closing = true;
    frame.work.then(
      () => {
        frame.receipts.forEach(letGo);
        forget(frame);
      },
      () => {},
    );
  }

  /** The state shown is that of when its turn comes, so that a frame's pushes never go back. */
  function push(frame: Frame, closing: boolean): void {
    const detection = frame.detection!;
    frame.work = frame.work.then(() => {
      const dangers = untoldDangers(frame);
      for (const danger of dangers) frame.told.add(danger.taskId);
      if (!closing && dangers.length === 0) return;
      return show({ detection, results: [...frame.results.values()] }, dangers, closing);
    });
    frame.work.catch(() => {});
  }

  function forget(frame: Frame): void {
    frames.delete(frame.messageId);
    releaseOrphan(frame);
    if (frame.detectionBytes > 0) windows.detections.remove(frame.detectionBytes);
  }

  function releaseOrphan(frame: Frame): void {
    for (const bytes of frame.orphanBytes) windows.orphans.remove(bytes);
    frame.orphanBytes = [];
  }

  return {
    detection: takeDetection,
    result: takeOneResult,
    tick() {
      for (const frame of frames.values()) {
        if (frame.closing || now() < closesAt(frame, config)) continue;
        if (frame.detection) close(frame);
        else closeOrphan(frame, { due: true });
      }
    },
    abandon(partitions) {
      for (const frame of frames.values()) {
        const isLeaving = frame.receipts.every((receipt) => partitions.includes(receipt.partition));
        if (isLeaving && !frame.closing) end(frame, (receipt) => receipt.abandon());
      }
    },
    forgetLost() {
      for (const frame of frames.values()) {
        if (!frame.closing && frame.receipts.some((receipt) => !receipt.owned())) forget(frame);
      }
    },
    async settled() {
      await Promise.allSettled([...frames.values()].map((frame) => frame.work));
    },
    size: () => frames.size,
  };
}
