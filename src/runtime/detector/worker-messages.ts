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

/** Pixels are transferred there and back, never copied. Jobs are answered in order. */
export type WorkerRequest = ({ type: "job" } & RgbPicture) | { type: "finish" };

export type WorkerAnswer =
  | { type: "ready" }
  | { type: "refused"; code: ErrorCode; message: string; todo: string }
  | { type: "result"; objects: Candidate[]; pixels: Uint8Array<ArrayBuffer> };
