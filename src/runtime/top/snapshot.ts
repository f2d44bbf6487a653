import type { CameraStatus } from "../../messages/camera-status.ts";
import type { Heartbeat } from "../heartbeat.ts";

/** What the dashboard knows at one moment, epoch ms of this machine. */
export interface Snapshot {
  at: number;
  bus: Seen<StageSeen[]>;
  store: Seen<StoreSeen>;
}

/** What the bus or the store answered last. Either may be away while the other answers. */
export interface Seen<Found> {
  kind: string;
  /** Undefined before the first answer. */
  found: Found | undefined;
  /** When that came, epoch ms of this machine. */
  foundAt: number;
  /** Why there is nothing newer, or what else is wrong with it; fit to be shown. */
  trouble: string | undefined;
}

/** An answer older than this, ms, tells nothing of now. */
export const staleAfterMs = 4_000;

/** One topic of the pipeline. */
export interface StageSeen {
  stage: "detections" | "tasks" | "results";
  topic: string;
  /** Messages ever written. */
  written: number;
  readers: Reader[];
}

/** A consumer group and what it has still to do in this topic. */
export interface Reader {
  group: string;
  /** Null where the topic is missing. */
  lag: number | null;
  /** Append time of the oldest unread message, epoch ms. */
  unreadSince: number | undefined;
}

export interface StoreSeen {
  /** The store's clock at the look, epoch ms. */
  now: number;
  beats: SeenBeat[];
  cameras: CameraStatus[];
}

export interface SeenBeat extends Heartbeat {
  /** Its process is no longer there; known only of roles on this machine. */
  gone: boolean;
}
