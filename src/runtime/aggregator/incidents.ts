import type { Box } from "../../messages/common.ts";
import { schemaVersion } from "../../messages/common.ts";
import type { Detection } from "../../messages/detection.ts";
import type { Incident } from "../../messages/incident.ts";
import {
  type AssessmentResult,
  type RiskLevel,
  riskLevels,
  type Verdict,
  worstLevel,
} from "../../messages/result.ts";
import { iou } from "../../vision/box.ts";

/** One verdict of medium or more, and where it was seen. */
export interface Sighting {
  readonly taskId: string;
  readonly cameraId: string;
  /** Capture time, ISO 8601. */
  readonly timestamp: string;
  readonly riskLevel: RiskLevel;
  readonly simulated: boolean;
  readonly riskTypes: Incident["riskTypes"];
  readonly riskTypeCodes: Incident["riskTypeCodes"];
  readonly description: string;
  readonly bbox: Box;
  readonly imageBase64: string | undefined;
}

/** A larger picture than a crop may be (120 KB) is left out. */
const maxImageCharacters = 160 * 1024;
/** The incident's first task and its newest. */
const maxTaskIds = 100;

const unknownBox: Box = [0, 0, 0, 0];

export function sightingOf(detection: Detection, result: AssessmentResult): Sighting {
  const verdict = worstVerdictOf(result.results);
  const group = detection.trafficGroups.find((of) => of.groupIndex === result.groupIndex);
  const image = detection.groupImages.find((of) => of.groupIndex === result.groupIndex)?.imageBase64;
  return {
    taskId: result.taskId,
    cameraId: result.cameraId,
    timestamp: detection.timestamp,
    riskLevel: verdict?.riskLevel ?? "none",
    simulated: result.metadata.simulated === true || detection.source === "sim",
    riskTypes: verdict?.riskTypes ?? [],
    riskTypeCodes: verdict?.riskTypeCodes ?? [],
    description: verdict?.description ?? "",
    bbox: group?.bbox ?? unknownBox,
    imageBase64: image !== undefined && image.length <= maxImageCharacters ? image : undefined,
  };
}

/** What an incident says of a group comes from this one. */
export function worstVerdictOf(verdicts: readonly Verdict[]): Verdict | undefined {
  const worst = worstLevel(verdicts.map(({ riskLevel }) => riskLevel));
  return verdicts.find(({ riskLevel }) => riskLevel === worst);
}

/** The open incident of the same camera whose box overlaps most, if by more than `minIou`. */
export function matching(
  open: Iterable<Incident>,
  { cameraId, bbox }: Sighting,
  minIou: number,
): Incident | undefined {
  let best: Incident | undefined;
  let bestIou = minIou;
  for (const incident of open) {
    const overlap = incident.cameraId === cameraId ? iou(incident.bbox, bbox) : 0;
    if (overlap <= bestIou) continue;
    best = incident;
    bestIou = overlap;
  }
  return best;
}

/** The id comes from the raising task, so that a repeat of it makes no second incident. */
export function raise({ taskId, timestamp, imageBase64, ...sighting }: Sighting, now: number): Incident {
  return {
    ...sighting,
    schemaVersion,
    incidentId: `incident_${taskId}`,
    timestamp: new Date(now).toISOString(),
    state: "raised",
    verified: true,
    firstSeen: timestamp,
    lastSeen: timestamp,
    taskIds: [taskId],
    ...(imageBase64 !== undefined && { imageBase64 }),
  };
}

/** Where it is now; what it is, as the worst verdict says. */
export function update(incident: Incident, sighting: Sighting, now: number): Incident {
  const worse = riskLevels.indexOf(sighting.riskLevel) >= riskLevels.indexOf(incident.riskLevel);
  const [first, ...others] = incident.taskIds;
  return {
    ...incident,
    timestamp: new Date(now).toISOString(),
    state: "updated",
    simulated: incident.simulated && sighting.simulated,
    bbox: sighting.bbox,
    lastSeen: later(incident.lastSeen, sighting.timestamp),
    riskTypes: union(incident.riskTypes, sighting.riskTypes),
    riskTypeCodes: union(incident.riskTypeCodes, sighting.riskTypeCodes),
    taskIds: [first ?? [], ...others.slice(2 - maxTaskIds), sighting.taskId].flat(),
    ...(worse && { riskLevel: sighting.riskLevel, description: sighting.description }),
    ...(worse && sighting.imageBase64 !== undefined && { imageBase64: sighting.imageBase64 }),
  };
}

export function clear(incident: Incident, now: number): Incident {
  return { ...incident, state: "cleared", timestamp: new Date(now).toISOString() };
}

function later(a: string, b: string): string {
  return Date.parse(a) >= Date.parse(b) ? a : b;
}

function union<T>(a: readonly T[], b: readonly T[]): T[] {
  return [...new Set([...a, ...b])];
}
