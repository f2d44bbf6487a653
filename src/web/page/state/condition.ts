import type { RiskLevel } from "../../../messages/result.ts";
import type { CameraModel, Connection, FrameVerdicts, PicturedFrame } from "./model.ts";

/** What a person needs to know of a camera's stream. waiting: nothing is known of it, and no frame came. */
export type Condition =
  | "live"
  | "stale"
  | "connecting"
  | "stalled"
  | "backing_off"
  | "failed"
  | "ended"
  | "waiting";

/** A frame may be late by a few intervals before anybody is told. */
const lateIntervals = 3;
const lateAtLeastMs = 5_000;
const usualIntervalMs = 1_800;
/** A verdict this old says nothing of the road as it is now. */
const verdictFreshMs = 15_000;

/** Age of the newest frame the page or the detector knows of; undefined if there was none. */
export function frameAgeMs({ frame, status }: CameraModel, now: number): number | undefined {
  const lastFrameAt = status.value?.lastFrameAt;
  const newest = Math.max(frame.value?.capturedAt ?? 0, lastFrameAt ? Date.parse(lastFrameAt) : 0);
  return newest > 0 ? Math.max(0, now - newest) : undefined;
}

/** What its detector says, unless the frames say otherwise. */
export function conditionOf(camera: CameraModel, now: number): Condition {
  const { state = null, intervalMs } = camera.status.value ?? {};
  if (state !== null && state !== "live") return state;
  const age = frameAgeMs(camera, now);
  if (age === undefined) {
    const isNew = now - camera.knownSince < lateAtLeastMs;
    return isNew || state === "live" ? "connecting" : "waiting";
  }
  return age > Math.max(lateAtLeastMs, lateIntervals * (intervalMs ?? usualIntervalMs)) ? "stale" : "live";
}

/** The last verdict on the camera: of its newest frame that has one. */
export function latestVerdict({ verdicts }: CameraModel): FrameVerdicts | undefined {
  return verdicts.value.find(({ maxRiskLevel }) => maxRiskLevel !== "unknown");
}

/** The level that marks the camera now: of its latest verdict, while that is fresh and the camera is seen. */
export function presentLevel(
  camera: CameraModel,
  { now, connection }: { now: number; connection: Connection },
): RiskLevel | undefined {
  const latest = latestVerdict(camera);
  if (!latest || latest.maxRiskLevel === "unknown") return undefined;
  const isSeen = connection === "live" && conditionOf(camera, now) === "live";
  return isSeen && now - latest.capturedAt <= verdictFreshMs ? latest.maxRiskLevel : undefined;
}

/** The verdicts on this very frame: an older frame's say nothing of it. */
export function verdictsOn(camera: CameraModel, frame: PicturedFrame): FrameVerdicts | undefined {
  return camera.verdicts.value.find(({ messageId }) => messageId === frame.messageId);
}

const levels: readonly RiskLevel[] = ["none", "low", "medium", "high"];

/** Undefined while the group has no verdict. */
export function levelOfGroup(on: FrameVerdicts | undefined, groupIndex: number): RiskLevel | undefined {
  const ofGroup = on?.verdicts.filter((verdict) => verdict.groupIndex === groupIndex) ?? [];
  return ofGroup.map(({ riskLevel }) => riskLevel).sort((a, b) => levels.indexOf(b) - levels.indexOf(a))[0];
}
