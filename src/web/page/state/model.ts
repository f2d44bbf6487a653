import { type Signal, signal } from "@preact/signals";
import type {
  ShownCamera,
  ShownFrame,
  ShownIncident,
  ShownState,
  SystemFigures,
} from "../../screen-messages.ts";

/**
 * connecting: since the page was opened; reconnecting: it was there and is gone.
 *
 *   connecting -> live <-> reconnecting
 */
export type Connection = "connecting" | "live" | "reconnecting";

/** A frame with its picture; null where the store did not have it. */
export interface PicturedFrame extends ShownFrame {
  jpeg: Blob | null;
}

/** What the page keeps of a frame's verdicts. */
export type FrameVerdicts = Omit<ShownState, "cameraId" | "riskAssessment"> & {
  verdicts: ShownState["riskAssessment"]["allGroupResults"];
  /** When its frame was captured, epoch ms in the store's clock. */
  capturedAt: number;
};

/** One camera. Each part is a signal of its own, so that a frame draws one picture and nothing else. */
export interface CameraModel {
  readonly id: string;
  /** When the page heard of it first, epoch ms in the store's clock. */
  readonly knownSince: number;
  readonly status: Signal<ShownCamera | undefined>;
  /** The newest. */
  readonly frame: Signal<PicturedFrame | undefined>;
  /** The latest frames with verdicts, newest first. */
  readonly verdicts: Signal<readonly FrameVerdicts[]>;
}

/** All the page knows. Views read it, apply.ts alone changes it. */
export interface Model {
  /** In their configured order: people know where on the wall a camera is. */
  readonly cameras: Signal<readonly CameraModel[]>;
  /** The ids of the server's list, in its order. */
  readonly listed: Signal<readonly string[]>;
  /** The newest first. */
  readonly incidents: Signal<readonly ShownIncident[]>;
  /** Those that arrived while the page was open, and when (this browser's clock). */
  readonly arrivals: Signal<ReadonlyMap<string, number>>;
  readonly system: Signal<SystemFigures | undefined>;
  readonly connection: Signal<Connection>;
  /** The store's clock, epoch ms, once a second. */
  readonly now: Signal<number>;
  /** The last frames of the camera that is shown large, for the pictures of its verdicts. */
  readonly recent: { cameraId: string | undefined; frames: Map<string, PicturedFrame> };
}

export function createModel(): Model {
  return {
    cameras: signal([]),
    listed: signal([]),
    incidents: signal([]),
    arrivals: signal(new Map()),
    system: signal(undefined),
    connection: signal("connecting"),
    now: signal(Date.now()),
    recent: { cameraId: undefined, frames: new Map() },
  };
}

export function createCameraModel(id: string, knownSince: number): CameraModel {
  return { id, knownSince, status: signal(undefined), frame: signal(undefined), verdicts: signal([]) };
}
