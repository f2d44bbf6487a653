import type { CameraReason, CameraStatus } from "../messages/camera-status.ts";
import type { Box, Source, Trace } from "../messages/common.ts";
import type { Incident } from "../messages/incident.ts";
import type { ResultMetadata, ResultStatus, RiskLevel, Verdict } from "../messages/result.ts";
import type { KeyUse } from "../runtime/key-use.ts";

/** Whom the server takes the page's user for (`/api/me`). */
export interface ShownVisitor {
  name: string;
  role: "operator" | "viewer";
  /** By a token; false where everybody may look. */
  loggedIn: boolean;
}

/** A frame as soon as it is detected (`frame`); the JPEG follows it on the wire. */
export interface ShownFrame {
  cameraId: string | number;
  messageId: string;
  timestamp: string;
  /** Epoch ms in the store's clock. */
  capturedAt: number;
  /** Undefined where the detector does not say. */
  imageWidth: number | undefined;
  imageHeight: number | undefined;
  detectedObjects: { class: string; confidence: number; bbox: Box }[];
  trafficGroups: ShownGroup[];
}

export interface ShownGroup {
  groupIndex: number;
  objectCount: number;
  classes: string[];
  bbox: Box;
}

export interface ShownVerdict extends Verdict {
  groupIndex: number;
  taskId: string;
  simulated: boolean;
  metadata: ResultMetadata;
  /** The task's own. */
  trace: Trace;
}

/** What a screen reads of a frame's verdicts (`detection_result`). */
export interface ShownState {
  cameraId: string | number;
  messageId: string;
  timestamp: string;
  trafficGroups: ShownGroup[];
  riskAssessment: { allGroupResults: ShownVerdict[] };
  maxRiskLevel: RiskLevel | "unknown";
  unassessedGroups: number[];
  /** Why, where the final word on a group is known. */
  unassessedReasons: { groupIndex: number; status: ResultStatus; errorCode: string | null }[];
  simulated: boolean;
  trace: Trace;
}

/** The seed's `camera_status` and what is ours; also what `/api/cameras` lists. */
export interface ShownCamera {
  cameraId: string | number;
  /** 1 = frames arrive. */
  status: 0 | 1;
  message: string;
  /** Why it is not live, where its detector says. */
  reason: string | null;
  /** The same, where it is of the known ones. */
  reasonCode: CameraReason | null;
  /** Null where no detector says anything of it. */
  state: CameraStatus["state"] | null;
  since: string | null;
  lastFrameAt: string | null;
  url: string | null;
  source: Source | null;
  intervalMs: number | null;
}

/** An incident with where its picture is to be had, instead of the picture (`incident`, `/api/incidents`). */
export interface ShownIncident
  extends Pick<
    Incident,
    | "incidentId"
    | "state"
    | "riskLevel"
    | "verified"
    | "simulated"
    | "riskTypes"
    | "riskTypeCodes"
    | "description"
    | "firstSeen"
    | "lastSeen"
  > {
  cameraId: string | number;
  picture: string | null;
}

/** A key of the pool, all schedulers together. */
export type KeyFigures = Pick<
  KeyUse,
  | "id"
  | "model"
  | "state"
  | "reason"
  | "reasonCode"
  | "usableAt"
  | "order"
  | "inFlight"
  | "calls"
  | "failures"
  | "latencyMs"
>;

/** How fast frames and verdicts come by. */
export interface PaceFigures {
  /** Null until there is something to count. */
  framesPerSecond: number | null;
  verdictsPerSecond: number | null;
  /** Capture to the first push that shows the verdict, of the last minute. */
  endToEndMs: { p50: number | null; p95: number | null };
}

/** The whole of tmon, every 2 s (`system`). */
export interface SystemFigures extends PaceFigures {
  /** Epoch ms in the store's clock. */
  at: number;
  /** IANA name. */
  timezone: string;
  language: "zh" | "en";
  /** The VLM is simulated, or a verdict of the last minute was. */
  simulated: boolean;
  keys: KeyFigures[];
  /** Running processes of each role. */
  roles: { role: string; instance: string }[];
  /** Messages not yet acknowledged, by group. */
  lag: Record<"generator" | "scheduler" | "aggregator", number>;
}
