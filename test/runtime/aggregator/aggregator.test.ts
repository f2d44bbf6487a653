import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../../../src/config/config.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { detectionMessage, left, resultMessage, right } from "./frames.ts";
import { patientConfig, quickConfig, type Watch, watch } from "./harness.ts";

let screen: Watch;
const watching = (configOf: (dataDir: string) => Config) =>
  beforeEach(async () => {
    screen = await watch(configOf(temporaryDirectory()));
  });
afterEach(() => screen.stop());

const detection = (
  id: string,
  ...args: Parameters<typeof detectionMessage> extends [string, ...infer R] ? R : never
) => screen.send("detection-results", detectionMessage(id, ...args));
const result = (
  id: string,
  ...args: Parameters<typeof resultMessage> extends [string, ...infer R] ? R : never
) => screen.send("risk-assessment-results", resultMessage(id, ...args));

describe("the join", () => {
  watching(patientConfig);

  test("a frame without groups is pushed on arrival", async () => {
    await screen.startAggregator();
    await detection("empty", []);
    await screen.settled();
    expect(screen.pushes).toMatchObject([{ messageId: "empty", newTaskIds: [], maxRiskLevel: "unknown" }]);
  });

  test.each([
    ["detection first", ["detection", "one", "two"]],
    ["detection between", ["two", "detection", "one"]],
    ["detection last", ["one", "two", "detection"]],
  ])("one push shows the whole frame, %s", async (_, order) => {
    await screen.startAggregator();
    const sends: Record<string, () => Promise<void>> = {
      detection: () => detection("m", [left, right]),
      one: () => result("m", 1, "none"),
      two: () => result("m", 2, "low"),
    };
    for (const name of order) await sends[name]?.();
    await screen.settled();
    expect(screen.pushes).toMatchObject([{ maxRiskLevel: "low", unassessedGroups: [], cameraId: 7 }]);
    expect(screen.shownTaskIds().toSorted()).toEqual(["m_group1", "m_group2"]);
  });

  test("a verdict of danger is pushed at once, before the frame is complete", async () => {
    await screen.startAggregator();
    await detection("m", [left, right]);
    await result("m", 1, "high");
    await until(() => screen.pushes.length === 1);
    expect(screen.pushes).toMatchObject([{ newTaskIds: ["m_group1"], unassessedGroups: [2] }]);
    await result("m", 2, "none");
    await screen.settled();
    expect(screen.pushes).toMatchObject([{}, { newTaskIds: ["m_group2"], unassessedGroups: [] }]);
    expect(screen.pushes[1]?.maxRiskLevel).toBe("high");
    expect(await screen.context.store.listAlerts("7", 10)).toHaveLength(1);
  });

  test("a failed group is unassessed and does not hold the frame", async () => {
    await screen.startAggregator();
    await detection("m", [left, right]);
    await result("m", 1, "failed");
    await result("m", 2, "low");
    await screen.settled();
    expect(screen.pushes).toMatchObject([
      { newTaskIds: ["m_group2"], unassessedGroups: [1], maxRiskLevel: "low" },
    ]);
  });

  test("garbage on either topic goes to dead-letters with its headers, and the rest goes on", async () => {
    await screen.startAggregator();
    await screen.send("detection-results", Buffer.from("\u0000garbage"));
    await screen.send("risk-assessment-results", Buffer.from('{"cameraId":7}'));
    await detection("m", [left]);
    await result("m", 1, "none");
    await screen.settled();
    expect(screen.shownTaskIds()).toEqual(["m_group1"]);
    const letters: Record<string, string>[] = [];
    for await (const letter of screen.context.bus.read({
      topics: ["dead-letters"],
      from: "earliest",
      untilEnd: true,
    }))
      letters.push(letter.headers);
    expect(letters.map((headers) => headers["source-topic"]).toSorted()).toEqual([
      "detection-results",
      "risk-assessment-results",
    ]);
    for (const headers of letters) expect(headers["error-code"]).toBe("TMON_MESSAGE_INVALID");
  });
});

describe("what does not come in time", () => {
  watching(quickConfig);

  test("a group whose result does not come is unassessed when the frame closes", async () => {
    await screen.startAggregator();
    await detection("m", [left, right]);
    await result("m", 2, "none");
    await screen.settled();
    expect(screen.pushes).toMatchObject([{ newTaskIds: ["m_group2"], unassessedGroups: [1] }]);
  });

  test("a frame without any result is shown as unknown", async () => {
    await screen.startAggregator();
    await detection("m", [left]);
    await screen.settled();
    expect(screen.pushes).toMatchObject([{ maxRiskLevel: "unknown", unassessedGroups: [1], newTaskIds: [] }]);
  });

  test("a repeated result and a repeated detection show nothing twice", async () => {
    await screen.startAggregator();
    await detection("m", [left]);
    await detection("m", [left]);
    await result("m", 1, "none");
    await screen.settled();
    await result("m", 1, "none");
    await detection("m", [left]);
    await screen.settled();
    expect(screen.shownTaskIds()).toEqual(["m_group1"]);
  });

  test("a late result is pushed on its own, with what the frame showed before", async () => {
    await screen.startAggregator();
    await detection("m", [left, right]);
    await result("m", 1, "low");
    await screen.settled();
    await result("m", 2, "medium");
    await screen.settled();
    expect(screen.pushes).toMatchObject([
      { newTaskIds: ["m_group1"], unassessedGroups: [2] },
      { newTaskIds: ["m_group2"], unassessedGroups: [], maxRiskLevel: "medium" },
    ]);
    expect(screen.pushes[1]?.riskAssessment.allGroupResults.map((of) => of.taskId)).toEqual([
      "m_group1",
      "m_group2",
    ]);
  });

  test("assessed replaces expired, after the frame was closed too", async () => {
    await screen.startAggregator();
    await detection("m", [left]);
    await result("m", 1, "expired");
    await screen.settled();
    await result("m", 1, "high");
    await screen.settled();
    expect(screen.pushes).toMatchObject([
      { newTaskIds: [], maxRiskLevel: "unknown", unassessedGroups: [1] },
      { newTaskIds: ["m_group1"], maxRiskLevel: "high", unassessedGroups: [] },
    ]);
  });

  test("a result whose detection never comes is shown as what it says", async () => {
    await screen.startAggregator();
    await result("lost", 2, "medium");
    await screen.settled();
    expect(screen.pushes).toMatchObject([
      {
        messageId: "lost",
        cameraId: 7,
        newTaskIds: ["lost_group2"],
        maxRiskLevel: "medium",
        trafficGroups: [],
      },
    ]);
  });
});

describe("incidents", () => {
  watching(patientConfig);

  const states = () => screen.incidents.map((incident) => incident.state);

  async function onTopic(): Promise<{ key: string; partition: number; value: { state: string } }[]> {
    const found = [];
    for await (const { key, partition, value } of screen.context.bus.read({
      topics: ["incidents"],
      from: "earliest",
      untilEnd: true,
    }))
      found.push({ key, partition, value: JSON.parse(value.toString()) });
    return found;
  }

  test("one is raised by the first danger, updated by the next at its place, cleared when none comes", async () => {
    await screen.startAggregator();
    for (const id of ["a", "b"]) {
      await detection(id, [left, right]);
      await result(id, 1, id === "a" ? "medium" : "high");
      await result(id, 2, "low");
    }
    await until(() => states().length === 3);
    expect(states()).toEqual(["raised", "updated", "cleared"]);
    expect(new Set(screen.incidents.map((incident) => incident.incidentId))).toEqual(
      new Set(["incident_a_group1"]),
    );
    const messages = await onTopic();
    expect(messages.map((message) => message.value.state)).toEqual(["raised", "updated", "cleared"]);
    expect(messages.map((message) => message.key)).toEqual(Array(3).fill("incident_a_group1"));
    expect(new Set(messages.map((message) => message.partition)).size).toBe(1);
  });

  test("dangers at two places are two incidents", async () => {
    await screen.startAggregator();
    await detection("a", [left, right]);
    await result("a", 1, "medium");
    await result("a", 2, "high");
    await until(() => states().length === 4);
    expect(states()).toEqual(["raised", "raised", "cleared", "cleared"]);
  });

  test("one that was open when its aggregator stopped is cleared by the next", async () => {
    const first = await screen.startAggregator();
    await detection("a", [left]);
    await result("a", 1, "high");
    await screen.settled();
    await first.stop();
    expect(states()).toEqual(["raised"]);
    await screen.startAggregator();
    await until(() => states().length === 2);
    expect(screen.incidents).toMatchObject([
      { taskIds: ["a_group1"] },
      { state: "cleared", taskIds: ["a_group1"] },
    ]);
  });
});
