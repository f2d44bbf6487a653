import type { ErrorCode } from "../../errors.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import type { Candidate } from "../../vision/yolox.ts";

/** What a worker is started with. */
export interface WorkerSettings {
  model: string;
  /** Least confidence of an object. */
  confidence: number;
  /** Boxes that overlap more are one object. */
  iou: number;
}

/** Jobs are answered in order. Their pixels are in shared memory, or else copied. */
export type WorkerRequest = ({ type: "job" } & RgbPicture) | { type: "finish" };

export type WorkerAnswer =
  | { type: "ready" }
  | { type: "refused"; code: ErrorCode; message: string; todo: string }
  | { type: "result"; objects: Candidate[] };
