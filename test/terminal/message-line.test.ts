import { expect, test } from "vitest";
import type { ReceivedMessage } from "../../src/bus/bus.ts";
import { encode } from "../../src/messages/codec.ts";
import type { TopicId } from "../../src/messages/topics.ts";
import { describeMessage } from "../../src/terminal/message-line.ts";
import { resultMessage } from "../runtime/aggregator/frames.ts";
import { testConfig } from "../support/context.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const config = testConfig(temporaryDirectory());

function lineOf(topic: TopicId, message: object): string {
  const place = { topic, partition: 3, offset: 8, key: "7", timestamp: 0, headers: {} };
  const received: ReceivedMessage = { ...place, value: encode(message) };
  return describeMessage(topic, received, config);
}

const result = (...[verdict, changes]: [Parameters<typeof resultMessage>[2], object?]) =>
  lineOf("risk-assessment-results", resultMessage("m", 1, verdict, changes));

test("a line says where the message stands and whose it is", () => {
  expect(result("high")).toMatch(/ {2}3@8 +7 +high 0\.70 跟车过近 high in group 1$/);
});

test("a simulated verdict says so, a real one does not", () => {
  expect(result("high", { metadata: { simulated: true } })).toContain("[simulated] high");
  expect(result("high")).not.toContain("simulated");
});

test.each(["failed", "expired", "superseded"] as const)(
  "a task that is %s is never shown as none",
  (status) => {
    const line = result(status, { errorCode: "TMON_VLM_TIMEOUT" });
    expect(line).toContain(`not assessed (${status}): TMON_VLM_TIMEOUT no verdict`);
    expect(line).not.toContain("none");
  },
);

test("none without a verdict of its own is none", () => {
  expect(result("none", { results: [], maxRiskLevel: "none" })).toMatch(/ {2}none$/);
});

test("a simulated incident says so", () => {
  const incident = {
    schemaVersion: 1,
    incidentId: "i-1",
    cameraId: "7",
    state: "raised",
    riskLevel: "high",
    riskTypes: ["跟车过近"],
    riskTypeCodes: ["tailgating"],
    description: "close",
    firstSeen: "2026-11-23T08:00:00Z",
    lastSeen: "2026-11-23T08:00:00Z",
    taskIds: ["m_group1"],
    bbox: [0, 0, 1, 1],
    simulated: true,
  };
  expect(lineOf("incidents", incident)).toContain("[simulated] raised high 跟车过近 close");
});
