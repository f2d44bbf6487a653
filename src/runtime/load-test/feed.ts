import type { Observations } from "../report/observations.ts";
import type { RoleContext } from "../role.ts";

export type Site = Pick<RoleContext, "config" | "bus" | "store" | "log">;

export const origins = ["cameras", "detections", "tasks"] as const;
/** Where in the pipeline a load begins. */
export type Origin = (typeof origins)[number];

/** What it sends, and where it notes that. */
export interface FeedOptions {
  cameraIds: readonly string[];
  /** Takes the messageIds of the frames the bus has. */
  frames: Set<string>;
  /** Ends the start. */
  signal: AbortSignal;
}

/** Makes the frames of a load and brings them to the bus. */
export interface Feed {
  /** Resolves when it can take a frame of the camera, given by its index. */
  room(camera: number): Promise<void>;
  /**
   * @param capturedAt when the frame was due
   * @param sentAt now; both epoch ms in the store's clock
   */
  take(camera: number, capturedAt: number, sentAt: number): void;
  /** Resolves when the bus has all that was taken, or it is dropped. */
  finish(): Promise<void>;
  /** Gives up what is not on the bus. Idempotent. */
  stop(): Promise<void>;
  /** Frames that the detector dropped. */
  dropped(): number;
  /** Whether all frames on the bus have been read back. */
  isBack(seen: Observations): boolean;
  /** Results there will be for what the bus has, as far as is known. */
  expected(seen: Observations): number;
  /** Rejects when it cannot go on; never resolves. */
  readonly failed: Promise<never>;
}
