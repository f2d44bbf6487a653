import { expect, test } from "vitest";
import { decode, encode } from "../../../src/messages/codec.ts";
import { incidentSchema } from "../../../src/messages/incident.ts";
import type { RiskLevel } from "../../../src/messages/result.ts";
import { clear, matching, raise, sightingOf, update } from "../../../src/runtime/aggregator/incidents.ts";
import { picture } from "../../messages/seed-samples.ts";
import {
  type Box,
  detectionMessage,
  left,
  readDetection,
  readResult,
  resultMessage,
  right,
} from "./frames.ts";

const now = Date.parse("2026-11-23T08:00:10.000Z");

function sight(messageId: string, bbox: Box, riskLevel: RiskLevel, changes: object = {}) {
  const timestamp = "2026-11-23T08:00:00.000Z";
  const detection = readDetection(detectionMessage(messageId, [bbox], { timestamp, ...changes }));
  return sightingOf(detection, readResult(resultMessage(messageId, 1, riskLevel, changes)));
}

test("a raised incident says what was seen, where and when, with its picture", () => {
  expect(raise(sight("m", left, "medium"), now)).toEqual({
    schemaVersion: 1,
    incidentId: "incident_m_group1",
    cameraId: "7",
    timestamp: "2026-11-23T08:00:10.000Z",
    state: "raised",
    riskLevel: "medium",
    verified: true,
    simulated: false,
    riskTypes: ["跟车过近"],
    riskTypeCodes: ["tailgating"],
    description: "medium in group 1",
    bbox: left,
    firstSeen: "2026-11-23T08:00:00.000Z",
    lastSeen: "2026-11-23T08:00:00.000Z",
    taskIds: ["m_group1"],
    imageBase64: picture,
  });
});

test("an incident is the same if its box overlaps enough and the camera is the same", () => {
  const open = [raise(sight("a", left, "medium"), now), raise(sight("b", right, "medium"), now)];
  expect(matching(open, sight("c", [10, 0, 110, 100], "medium"), 0.3)?.incidentId).toBe("incident_a_group1");
  expect(matching(open, sight("c", [60, 0, 160, 100], "medium"), 0.3)).toBeUndefined();
  expect(matching(open, sight("c", left, "medium", { cameraId: 8 }), 0.3)).toBeUndefined();
});

test("of several the one that overlaps most is updated", () => {
  const open = [raise(sight("a", [40, 0, 140, 100], "medium"), now), raise(sight("b", left, "medium"), now)];
  expect(matching(open, sight("c", [5, 0, 105, 100], "high"), 0.3)?.incidentId).toBe("incident_b_group1");
});

test("an update moves it and keeps the worst that was said", () => {
  const raised = raise(sight("a", left, "medium"), now);
  const moved: Box = [20, 0, 120, 100];
  const worse = update(raised, sight("b", moved, "high", { timestamp: "2026-11-23T08:00:02.000Z" }), now);
  expect(worse).toMatchObject({
    incidentId: raised.incidentId,
    state: "updated",
    riskLevel: "high",
    description: "high in group 1",
    bbox: moved,
    firstSeen: "2026-11-23T08:00:00.000Z",
    lastSeen: "2026-11-23T08:00:02.000Z",
    taskIds: ["a_group1", "b_group1"],
  });
  expect(update(worse, sight("c", left, "medium"), now)).toMatchObject({
    riskLevel: "high",
    description: "high in group 1",
    bbox: left,
    lastSeen: "2026-11-23T08:00:02.000Z",
  });
});

test("one real verdict makes an incident real", () => {
  const simulated = { metadata: { simulated: true } };
  const raised = raise(sight("a", left, "medium", simulated), now);
  expect(raised.simulated).toBe(true);
  expect(update(raised, sight("b", left, "medium", simulated), now).simulated).toBe(true);
  expect(update(raised, sight("b", left, "medium"), now).simulated).toBe(false);
});

test("of a rendered road nothing is real, whoever judged it", () => {
  expect(sight("a", left, "medium", { source: "sim" }).simulated).toBe(true);
  expect(sight("a", left, "medium", { source: "file" }).simulated).toBe(false);
});

test("a long incident stays small: its first task and the newest are kept", () => {
  let incident = raise(sight("m0", left, "medium"), now);
  for (let index = 1; index <= 150; index++)
    incident = update(incident, sight(`m${index}`, left, "medium"), now);
  expect(incident.taskIds.length).toBe(100);
  expect([incident.taskIds[0], incident.taskIds.at(-1)]).toEqual(["m0_group1", "m150_group1"]);
});

test("a picture larger than a crop may be is left out", () => {
  const groupImages = [{ groupIndex: 1, imageBase64: "A".repeat(400_000) }];
  expect(raise(sight("m", left, "high", { groupImages }), now)).not.toHaveProperty("imageBase64");
});

test("every state is a valid message", () => {
  const raised = raise(sight("a", left, "medium"), now);
  const updated = update(raised, sight("b", left, "high"), now);
  for (const incident of [raised, updated, clear(updated, now)])
    expect(decode(incidentSchema, encode(incident))).toEqual(incident);
  expect(clear(updated, now)).toMatchObject({ state: "cleared", incidentId: raised.incidentId });
});
