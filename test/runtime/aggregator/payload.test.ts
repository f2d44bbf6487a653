import { describe, expect, test } from "vitest";
import { payloadOf } from "../../../src/runtime/aggregator/payload.ts";
import { picture, seedDetection, seedResult } from "../../messages/seed-samples.ts";
import { detectionMessage, left, readDetection, readResult, resultMessage, right } from "./frames.ts";

const options = { keepImages: false, aggregatedAt: 5 };
const twoGroups = readDetection(detectionMessage("m", [left, right]));
const show = (...results: object[]) =>
  payloadOf({ detection: twoGroups, results: results.map(readResult) }, options);

test("the seed's frame is shown with the seed's fields", () => {
  const state = { detection: readDetection(seedDetection), results: [readResult(seedResult)] };
  const { detectedObjects, trafficGroups, groupImages, ...frame } = seedDetection;
  const verdict = { ...seedResult.results[0], taskId: `${seedDetection.messageId}_group1` };
  expect(JSON.parse(JSON.stringify(payloadOf(state, options)))).toMatchObject({
    ...frame,
    processTime: 0.041,
    detectedObjects,
    trafficGroups,
    groupImages: [{ groupIndex: 1, objectCount: 2, classes: ["car"] }],
    riskAssessment: { allGroupResults: [verdict], resultCount: 1, groupCount: 1 },
    alerts: [verdict],
    dangerousDrivingResults: [verdict],
    hasDangerousDriving: true,
    maxRiskLevel: "medium",
    unassessedGroups: [],
    llmLatency: 1.2,
    llmModel: "qwen-vl-plus",
    trace: { aggregatedAt: 5 },
  });
});

test("aliases the seed's front end reads are there for tmon's own detections", () => {
  expect(show().trafficGroups).toMatchObject([
    { memberCount: 2, avgConfidence: 0.9, groupBbox: left },
    { memberCount: 2, avgConfidence: 0.9, groupBbox: right },
  ]);
});

test("no picture is in it, unless they are kept", () => {
  expect(JSON.stringify(show())).not.toContain(picture);
  const kept = payloadOf({ detection: twoGroups, results: [] }, { ...options, keepImages: true });
  expect(kept.groupImages).toMatchObject([{ imageBase64: picture }, { imageBase64: picture }]);
});

test("a cameraId that is no number stays a string", () => {
  const detection = readDetection(detectionMessage("m", [], { cameraId: "cam-1" }));
  expect(payloadOf({ detection, results: [] }, options).cameraId).toBe("cam-1");
  expect(show().cameraId).toBe(7);
});

describe("what was not assessed never reads as safe", () => {
  const unknown = { hasDangerousDriving: null, maxRiskLevel: "unknown", alerts: [] };

  test("nothing is said of danger while there is no verdict", () => {
    expect(show()).toMatchObject({ ...unknown, unassessedGroups: [1, 2] });
  });

  test.each(["failed", "expired", "superseded"] as const)("a %s group is unassessed", (status) => {
    expect(show(resultMessage("m", 1, status))).toMatchObject({ ...unknown, unassessedGroups: [1, 2] });
    expect(show(resultMessage("m", 1, status), resultMessage("m", 2, "none"))).toMatchObject({
      hasDangerousDriving: false,
      maxRiskLevel: "none",
      unassessedGroups: [1],
    });
  });

  test("a group that only a result tells of is unassessed as well", () => {
    const bare = readDetection(detectionMessage("m", []));
    const results = [readResult(resultMessage("m", 3, "failed"))];
    expect(payloadOf({ detection: bare, results }, options)).toMatchObject({ unassessedGroups: [3] });
  });
});

test("the worst of the verdicts is the frame's, and medium and more are alerts", () => {
  expect(show(resultMessage("m", 1, "low"), resultMessage("m", 2, "high"))).toMatchObject({
    maxRiskLevel: "high",
    hasDangerousDriving: true,
    alerts: [{ taskId: "m_group2", riskLevel: "high", groupIndex: 2 }],
    riskAssessment: { resultCount: 2, groupCount: 2 },
  });
});

test("a simulated verdict is labelled, on itself and on the frame", () => {
  const simulated = { metadata: { simulated: true } };
  expect(show(resultMessage("m", 1, "high", simulated))).toMatchObject({
    simulated: true,
    alerts: [{ simulated: true }],
  });
  expect(show(resultMessage("m", 1, "high"))).toMatchObject({
    simulated: false,
    alerts: [{ simulated: false }],
  });
});
