/** The seed's sample messages (shared/seed/contract.md), its ellipses filled in with small real values. */

/** A JPEG of one grey pixel. */
export const picture =
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==";

export const seedMessageId = "0b1c2d3e-4f50-4a61-8b72-9c83ad94be05";

export const seedDetection = {
  messageId: seedMessageId,
  cameraId: 7,
  timestamp: "2026-11-23T08:00:00.123456Z",
  frameTimestamp: 1795420800.123,
  imageWidth: 1280,
  imageHeight: 720,
  detectionLatency: 0.041,
  modelType: "yolov8",
  detectedObjects: [
    { class: "car", confidence: 0.91, bbox: [100.0, 200.0, 180.0, 260.0] },
    { class: "car", confidence: 0.89, bbox: [220.0, 200.0, 300.0, 260.0] },
  ],
  trafficGroups: [
    {
      groupIndex: 1,
      objectCount: 2,
      memberCount: 2,
      bbox: [100.0, 200.0, 300.0, 260.0],
      groupBbox: [100.0, 200.0, 300.0, 260.0],
      classes: ["car"],
      averageConfidence: 0.9,
      avgConfidence: 0.9,
      riskLevel: "none",
      memberIndices: [0, 1],
    },
  ],
  groupImages: [
    {
      groupIndex: 1,
      objectCount: 2,
      classes: ["car"],
      imageBase64: picture,
      dataUri: `data:image/jpeg;base64,${picture}`,
    },
  ],
};

export const seedTask = {
  taskId: `${seedMessageId}_group1`,
  requestId: seedMessageId,
  cameraId: 7,
  timestamp: "2026-11-23T08:00:00.123456Z",
  groupIndex: 1,
  groupImageBase64: picture,
  groupImageUrl: "",
  detectedObjects: seedDetection.detectedObjects,
  groupMetadata: { objectCount: 2, classes: ["car"], bbox: [100.0, 200.0, 300.0, 260.0] },
};

export const seedResult = {
  messageId: `${seedMessageId}_group1_result`,
  requestId: seedMessageId,
  cameraId: 7,
  timestamp: "2026-11-23T08:00:01.456789Z",
  groupIndex: 1,
  results: [
    {
      groupIndex: 1,
      riskLevel: "medium",
      confidence: 0.72,
      riskTypes: ["跟车过近"],
      description: "两车距离过近",
      dangerObjectCount: 2,
      triggerObjectIds: [0, 1],
    },
  ],
  metadata: { llmLatency: 1.2, llmModel: "qwen-vl-plus", apiKeyId: "key_1", retryCount: 0 },
};
