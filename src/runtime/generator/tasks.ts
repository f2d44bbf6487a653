import { schemaVersion } from "../../messages/common.ts";
import type { Detection, TrafficGroup } from "../../messages/detection.ts";
import { taskIdOf } from "../../messages/ids.ts";
import type { AssessmentTask } from "../../messages/task.ts";

/**
 * One task a group; a group whose picture was left out too, so that every group ends in a result.
 * @param generatedAt epoch ms in the store's clock
 */
export function tasksOf(detection: Detection, generatedAt: number): AssessmentTask[] {
  const pictures = new Map(detection.groupImages.map((image) => [image.groupIndex, image.imageBase64]));
  const trace = { ...detection.trace, generatedAt };
  return detection.trafficGroups.map((group) => ({
    schemaVersion,
    taskId: taskIdOf(detection.messageId, group.groupIndex),
    requestId: detection.messageId,
    cameraId: detection.cameraId,
    timestamp: detection.timestamp,
    groupIndex: group.groupIndex,
    groupImageBase64: pictures.get(group.groupIndex) ?? "",
    groupImageUrl: "",
    detectedObjects: group.members,
    groupMetadata: metadataOf(group),
    imageWidth: detection.imageWidth,
    imageHeight: detection.imageHeight,
    source: detection.source,
    ...(detection.simulationModel && { simulationModel: true }),
    trace,
  }));
}

function metadataOf({ objectCount, classes, bbox }: TrafficGroup) {
  return { objectCount, classes, bbox };
}
