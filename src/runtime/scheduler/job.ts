import type { Box } from "../../messages/common.ts";
import type { ReceivedTask } from "../../messages/received-task.ts";
import type { Receipt } from "../receipt.ts";
import type { TokenEstimate } from "./token-estimate.ts";

/** A task on its way to its one final result. */
export interface Job extends TokenEstimate {
  readonly task: ReceivedTask;
  /** All are acknowledged with the final result: those of the task and of its repeats. */
  readonly receipts: Receipt[];
  readonly bytes: number;
  /** Epoch ms; age counts from here. */
  readonly capturedAt: number;
  /** Epoch ms of the task's own timestamp: which look at a group is newer. */
  readonly lookedAt: number;
  /** 2: people among vehicles, 1: vehicles alone, 0: anything else. */
  readonly danger: number;
  /** Of the whole group; undefined if the task does not say. */
  readonly bbox: Box | undefined;
  readonly trackIds: ReadonlySet<number>;
  /** Leases that came too late for it to be sent. */
  late: number;
}

const people = new Set(["person", "bicycle"]);
const vehicles = new Set(["car", "bus", "truck", "motorcycle"]);

export function createJob(task: ReceivedTask, receipt: Receipt, estimate: TokenEstimate): Job {
  const lookedAt = Date.parse(task.timestamp);
  return {
    task,
    receipts: [receipt],
    bytes: receipt.bytes,
    tokens: estimate.tokens,
    mostUsage: estimate.mostUsage,
    capturedAt: task.trace.capturedAt ?? lookedAt,
    lookedAt,
    danger: dangerOf(task),
    bbox: task.groupMetadata.bbox ?? aroundAll(task.detectedObjects.map((object) => object.bbox)),
    trackIds: new Set(task.detectedObjects.flatMap((object) => object.trackId ?? [])),
    late: 0,
  };
}

/** False once every partition the task came from was lost: its new owner has it. */
export function isOwned(job: Job): boolean {
  return job.receipts.some((receipt) => receipt.owned());
}

/** True if all of it came from these partitions. */
export function isOf({ receipts }: Job, partitions: readonly number[]): boolean {
  return receipts.every((receipt) => partitions.includes(receipt.partition));
}

function dangerOf({ detectedObjects, groupMetadata }: ReceivedTask): number {
  const classes = [...detectedObjects.map((object) => object.class), ...groupMetadata.classes];
  if (!classes.some((name) => vehicles.has(name))) return 0;
  return classes.some((name) => people.has(name)) ? 2 : 1;
}

function aroundAll(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  const side = (pick: (...values: number[]) => number, index: 0 | 1 | 2 | 3) =>
    pick(...boxes.map((box) => box[index]));
  return [side(Math.min, 0), side(Math.min, 1), side(Math.max, 2), side(Math.max, 3)];
}
