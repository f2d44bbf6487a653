import type { AssessRequest } from "../../src/vlm/prompt.ts";

/** A group of two: a car with id 3 behind a truck with id 5. */
export function aRequest(changes: Partial<AssessRequest> = {}): AssessRequest {
  return {
    groupIndex: 2,
    picture: Buffer.from("/9j/4AAQ"),
    imageWidth: 640,
    imageHeight: 360,
    groupMetadata: { classes: ["car", "truck"], bbox: [10, 10, 100, 100] },
    detectedObjects: [
      { objectId: 3, class: "car", confidence: 0.912345, bbox: [10, 10, 50, 50] },
      { objectId: 5, class: "truck", confidence: 0.8, bbox: [20.4, 60, 100, 100] },
    ],
    ...changes,
  };
}
