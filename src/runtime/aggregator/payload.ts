import type { Detection } from "../../messages/detection.ts";
import { seedCameraId } from "../../messages/ids.ts";
import { type AssessmentResult, isDangerous, worstLevel } from "../../messages/result.ts";

/** What is known of a frame when it is shown: of each task the result that counts. */
export interface FrameState {
  readonly detection: Detection;
  readonly results: readonly AssessmentResult[];
}

/**
 * What screens get of a frame, with the seed's names: the detection and its verdicts so far. A group without
 * a verdict is in `unassessedGroups`; with no verdict at all nothing is said of danger.
 * @param aggregatedAt epoch ms in the store's clock
 */
export function payloadOf(
  { detection, results }: FrameState,
  { keepImages, aggregatedAt }: { keepImages: boolean; aggregatedAt: number },
): Record<string, unknown> {
  const assessed = results.filter((result) => result.status === "assessed");
  const verdicts = assessed.flatMap(verdictsOf);
  const alerts = verdicts.filter((verdict) => isDangerous(verdict.riskLevel));
  const latencies = assessed.flatMap((result) => result.metadata.llmLatency ?? []);
  return {
    ...(keepImages ? detection : withoutPictures(detection)),
    cameraId: seedCameraId(detection.cameraId),
    frameTimestamp: detection.frameTimestamp ?? Date.parse(detection.timestamp) / 1000,
    processTime: detection.detectionLatency,
    trafficGroups: detection.trafficGroups.map((group) => ({
      ...group,
      memberCount: group.objectCount,
      avgConfidence: group.averageConfidence,
      groupBbox: group.bbox,
    })),
    riskAssessment: {
      allGroupResults: verdicts,
      resultCount: verdicts.length,
      groupCount: detection.trafficGroups.length,
    },
    alerts,
    dangerousDrivingResults: alerts,
    hasDangerousDriving: assessed.length === 0 ? null : alerts.length > 0,
    maxRiskLevel:
      assessed.length === 0 ? "unknown" : worstLevel(verdicts.map((verdict) => verdict.riskLevel)),
    unassessedGroups: unassessedGroups(detection, results),
    unassessedReasons: results
      .filter((result) => result.status !== "assessed")
      .map(({ groupIndex, status, errorCode }) => ({ groupIndex, status, errorCode })),
    simulated: assessed.some((result) => result.metadata.simulated),
    llmLatency: latencies.length === 0 ? null : Math.max(...latencies),
    llmModel: assessed.find((result) => result.metadata.llmModel)?.metadata.llmModel ?? null,
    trace: { ...detection.trace, aggregatedAt },
  };
}

/** The pictures are most of a detection and stand in its group images alone. */
export function withoutPictures(detection: Detection): Detection {
  const groupImages = detection.groupImages.map(({ imageBase64, dataUri, ...rest }) => rest);
  return { ...detection, groupImages } as Detection;
}

/** The verdicts of a result, each saying whose it is and how it came about. */
function verdictsOf(result: AssessmentResult) {
  return result.results.map((verdict) => ({
    ...verdict,
    groupIndex: verdict.groupIndex ?? result.groupIndex,
    taskId: result.taskId,
    simulated: result.metadata.simulated ?? false,
    metadata: result.metadata,
    trace: result.trace,
  }));
}

/** The groups no verdict was given on, yet or for good. */
export function unassessedGroups(detection: Detection, results: readonly AssessmentResult[]): number[] {
  const groups = new Set(detection.trafficGroups.map((group) => group.groupIndex));
  for (const result of results) groups.add(result.groupIndex);
  for (const result of results) if (result.status === "assessed") groups.delete(result.groupIndex);
  return [...groups].sort((a, b) => a - b);
}
