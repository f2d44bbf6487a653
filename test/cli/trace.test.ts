import { join } from "node:path";
import { v4 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { decode, encode } from "../../src/messages/codec.ts";
import { detectionSchema } from "../../src/messages/detection.ts";
import { newMessageId } from "../../src/messages/ids.ts";
import type { TopicId } from "../../src/messages/topics.ts";
import { tasksOf } from "../../src/runtime/generator/tasks.ts";
import { detectionMessage, left, resultMessage, right } from "../runtime/aggregator/frames.ts";
import { openContext, testConfig } from "../support/context.ts";
import { runTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();
const dataDir = join(directory, "data");
const messageId = newMessageId();
const foreignId = v4();
const incidentId = `incident_${messageId}_group1`;
const times = { capturedAt: Date.now(), detectedAt: Date.now() + 40 };

const tracing = (id: string, ...args: string[]) => runTmon(["trace", id, "--data-dir", dataDir, ...args]);

async function traced(id: string) {
  const { exitCode, stdout } = await tracing(id, "-o", "json");
  expect(exitCode).toBe(0);
  const { messages, tasks, ...rest } = JSON.parse(stdout);
  const topics = messages.map(({ topic }: { topic: string }) => topic);
  return { messages, topics, tasks, ...rest };
}

function incident(state: string, taskIds: string[]): object {
  const at = new Date().toISOString();
  const what = { incidentId, cameraId: "7", state, riskLevel: "high", bbox: left, taskIds };
  return { ...what, firstSeen: at, lastSeen: at };
}

/**
 * A frame of two groups: the first became an incident, the second expired; between others' messages. A frame whose
 * task waits. A letter that names the frame and is no JSON.
 */
beforeAll(async () => {
  const { context, close } = await openContext(testConfig(dataDir));
  const { bus, store } = context;
  const send = (topic: TopicId, message: object, key = "7") =>
    bus.produce([{ topic, key, value: encode(message) }]);
  const other = newMessageId();
  const detection = detectionMessage(messageId, [left, right], { source: "file", trace: times });
  await send("detection-results", detectionMessage(other, [left]));
  await send("detection-results", detection);
  const { capturedAt } = times;
  for (const task of tasksOf(decode(detectionSchema, encode(detection)), capturedAt + 50))
    await send("assessment-tasks", task);
  await send("risk-assessment-results", resultMessage(other, 1, "low"));
  const trace = { ...times, generatedAt: capturedAt + 50, dispatchedAt: capturedAt + 60 };
  await send(
    "risk-assessment-results",
    resultMessage(messageId, 1, "high", {
      trace: { ...trace, assessedAt: capturedAt + 1060 },
      metadata: { calls: 2, retryCount: 1, simulated: true },
    }),
  );
  const why = { errorCode: "TMON_TASK_EXPIRED", error: "too old when its turn came" };
  await send("risk-assessment-results", resultMessage(messageId, 2, "expired", why));
  await send("risk-assessment-results", resultMessage(messageId, 1, "low"));
  await send("incidents", incident("raised", [`${messageId}_group1`]), incidentId);
  await send("incidents", incident("updated", [`${messageId}_group1`, `${other}_group1`]), incidentId);
  await send("incidents", incident("cleared", [`${messageId}_group1`, `${other}_group1`]), incidentId);
  await store.set(
    `detection:${messageId}`,
    JSON.stringify({ trace: { ...times, aggregatedAt: capturedAt + 1100 } }),
  );

  const foreign = detectionMessage(foreignId, [left]);
  await send("detection-results", foreign);
  for (const task of tasksOf(decode(detectionSchema, encode(foreign)), Date.now()))
    await send("assessment-tasks", task);
  const headers = { "error-code": "TMON_MESSAGE_INVALID", "error-message": "not JSON" };
  const value = Buffer.from(`{"messageId":"${foreignId}","cameraId":`);
  await bus.produce([{ topic: "dead-letters", key: "7", value, headers }]);
  await close();
});

describe("trace", () => {
  it("follows a frame through the topics, each group to what became of it", async () => {
    const { messages, topics, tasks, incidents, cameraId, source } = await traced(messageId);
    expect(topics).toEqual([
      "detection-results",
      "assessment-tasks",
      "assessment-tasks",
      "risk-assessment-results",
      "risk-assessment-results",
      "risk-assessment-results",
      "incidents",
      "incidents",
    ]);
    expect({ cameraId, source }).toEqual({ cameraId: "7", source: "file" });
    expect(tasks).toMatchObject([
      {
        taskId: `${messageId}_group1`,
        status: "assessed",
        stagesMs: { detect: 40, generate: 10, schedule: 10, vlm: 1000, aggregate: 40, total: 1100 },
        attempts: 2,
        repeats: 1,
        verdict: { riskLevel: "high" },
      },
      {
        status: "expired",
        verdict: null,
        errorCode: "TMON_TASK_EXPIRED",
        stagesMs: { generate: 10, vlm: null },
      },
    ]);
    const { schedule, total } = tasks[1].stagesMs;
    expect(messages[4].afterMs).toBe(total);
    expect(total - schedule).toBe(50);
    expect(incidents).toMatchObject([{ incidentId, state: "cleared" }]);
  });

  it("says where each message stands, its key, and how long after the capture it was written", async () => {
    const { messages } = await traced(messageId);
    const { partition } = messages[0];
    expect(messages[0]).toMatchObject({ offset: 1, key: "7", afterMs: expect.any(Number) });
    expect(messages[2]).toMatchObject({ partition, offset: 1 });
    const { stdout } = await tracing(messageId);
    expect(stdout).toMatch(new RegExp(`^frame ${messageId}, camera 7, file, captured `));
    expect(stdout).toMatch(new RegExp(`^detection-results +${partition}@1 +7 +\\d`, "m"));
    expect(stdout).toMatch(
      /^1 +assessed +40ms +10ms +10ms +1\.0s +40ms +1\.1s +2 +\[simulated\] high 0\.70/m,
    );
    expect(stdout).toMatch(/^2 +expired .* TMON_TASK_EXPIRED: too old when its turn came$/m);
    expect(stdout).toContain(`incident ${incidentId}: cleared, high, 2 verdicts`);
  });

  it("marks a total whose push nobody knows: the store is away", async () => {
    const { stdout } = await runTmon(["trace", messageId, "--data-dir", dataDir], {
      TMON_REDIS_URL: "redis://127.0.0.1:9",
    });
    expect(stdout).toMatch(/^1 +assessed +40ms +10ms +10ms +1\.0s +- +1\.1s\+ +2 /m);
    expect(stdout).toMatch(/^2 +expired .* \d+(ms|\.\ds) +- /m);
  });

  it.each([
    ["a task", `${messageId}_group2`, ["expired"]],
    ["a result", `${messageId}_group1_result`, ["assessed"]],
  ])("follows %s alone", async (_, id, statuses) => {
    const { tasks, messages } = await traced(id);
    expect(tasks.map(({ status }: { status: string }) => status)).toEqual(statuses);
    expect(messages[0].topic).toBe("detection-results");
  });

  it("follows an incident back to the frame that raised it, with all its states", async () => {
    const { topics, tasks } = await traced(incidentId);
    expect(topics.filter((topic: string) => topic === "incidents")).toHaveLength(3);
    expect(tasks).toMatchObject([{ taskId: `${messageId}_group1`, status: "assessed" }]);
  });

  it("shows a task that has no result as open, and letters that name it; ids of others too", async () => {
    const { topics, tasks } = await traced(foreignId);
    expect(topics).toEqual(["detection-results", "assessment-tasks", "dead-letters"]);
    expect(tasks).toMatchObject([{ status: "open", attempts: null, verdict: null }]);
  });

  it("ends with 1 and says how far back the topics reach if they hold nothing of it", async () => {
    const id = newMessageId();
    const table = await tracing(id);
    expect(table).toMatchObject({ exitCode: 1, stdout: "" });
    expect(table.stderr).toContain(`${id} is in no topic`);
    expect(table.stderr).toMatch(/assessment-tasks reaches back to \d{4}-/);
    const json = await tracing(id, "-o", "json");
    expect(json.exitCode).toBe(1);
    const { found, reach } = JSON.parse(json.stdout);
    expect(found).toBe(false);
    expect(Date.parse(reach.incidents)).toBeLessThanOrEqual(Date.now());
  });

  it("ends with 1 where nothing has been written yet", async () => {
    const result = await runTmon(["trace", messageId, "--data-dir", join(directory, "missing")]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
  });

  it("refuses a command line without an id", async () => {
    const { exitCode, stderr } = await runTmon(["trace", "--data-dir", dataDir]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("TMON_USAGE: ID is missing");
  });
});
