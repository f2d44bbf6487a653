import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ErrorCode } from "../../src/errors.ts";
import { decode, encode } from "../../src/messages/codec.ts";
import { detectionSchema } from "../../src/messages/detection.ts";
import { seedCameraId } from "../../src/messages/ids.ts";
import { decodeTask } from "../../src/messages/received-task.ts";
import { resultSchema } from "../../src/messages/result.ts";
import { encodeTask, taskSchema } from "../../src/messages/task.ts";
import { wireSchemas } from "../../src/messages/topics.ts";
import { picture, seedDetection, seedMessageId, seedResult, seedTask } from "./seed-samples.ts";

const readDetection = (message: object) => decode(detectionSchema, encode(message));
const readTask = (message: object) => decode(taskSchema, encode(message));
const readResult = (message: object) => decode(resultSchema, encode(message));

function codeOf(read: () => unknown): ErrorCode | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return (error as { code: ErrorCode }).code;
  }
}

describe("the seed's samples", () => {
  test("a detection is read, its members resolved from their indices, ids from places", () => {
    const detection = readDetection(seedDetection);
    expect(detection).toMatchObject({ messageId: seedMessageId, cameraId: "7", source: "live" });
    expect(detection.detectedObjects.map((object) => object.objectId)).toEqual([0, 1]);
    expect(detection.trafficGroups[0]?.members).toMatchObject([
      { objectId: 0, class: "car", confidence: 0.91 },
      { objectId: 1, class: "car", confidence: 0.89 },
    ]);
    expect(detection.groupImages[0]?.imageBase64).toBe(picture);
  });

  test("a task is read, its objects numbered", () => {
    const task = readTask(seedTask);
    expect(task).toMatchObject({
      taskId: `${seedMessageId}_group1`,
      requestId: seedMessageId,
      cameraId: "7",
    });
    expect(task.detectedObjects.map((object) => object.objectId)).toEqual([0, 1]);
  });

  test("a result is read, its taskId from its messageId, its status from the lack of an error", () => {
    expect(readResult(seedResult)).toMatchObject({
      taskId: `${seedMessageId}_group1`,
      requestId: seedMessageId,
      cameraId: "7",
      status: "assessed",
      maxRiskLevel: "medium",
      hasDangerousDriving: true,
      error: null,
      errorCode: null,
    });
  });

  test("a camera numbered 0 is a camera", () => {
    expect(readDetection({ ...seedDetection, cameraId: 0 }).cameraId).toBe("0");
    expect(readTask({ ...seedTask, cameraId: 0 }).cameraId).toBe("0");
    expect(readResult({ ...seedResult, cameraId: 0 }).cameraId).toBe("0");
  });
});

describe("what is missing is filled in", () => {
  const required = { messageId: "m", cameraId: "a", timestamp: "2026-11-23T08:00:00.000Z" };

  test("a detection needs its id, camera and time alone", () => {
    expect(readDetection(required)).toMatchObject({
      detectedObjects: [],
      trafficGroups: [],
      groupImages: [],
    });
    for (const field of Object.keys(required))
      expect(codeOf(() => readDetection({ ...required, [field]: undefined }))).toBe("TMON_MESSAGE_INVALID");
  });

  test("a known objectId is kept beside missing ones", () => {
    const [first, second] = seedDetection.detectedObjects;
    const detection = readDetection({
      ...seedDetection,
      detectedObjects: [{ ...first, objectId: 9 }, second],
    });
    expect(detection.detectedObjects.map((object) => object.objectId)).toEqual([9, 1]);
  });

  test("an index that points at no object is left out", () => {
    const [group] = seedDetection.trafficGroups;
    const detection = readDetection({
      ...seedDetection,
      trafficGroups: [{ ...group, memberIndices: [1, 5] }],
    });
    expect(detection.trafficGroups[0]?.members.map((member) => member.objectId)).toEqual([1]);
  });

  test("a result needs a taskId or a messageId", () => {
    const { messageId: _, ...nameless } = seedResult;
    expect(codeOf(() => readResult(nameless))).toBe("TMON_MESSAGE_INVALID");
    expect(readResult({ ...nameless, taskId: "m_group2" })).toMatchObject({
      taskId: "m_group2",
      messageId: "m_group2_result",
    });
  });

  test("unknown fields are kept", () => {
    expect(readDetection({ ...required, weather: "rain" })).toMatchObject({ weather: "rain" });
  });
});

describe("not assessed never reads as safe", () => {
  const unknown = { results: [], hasDangerousDriving: null, maxRiskLevel: "unknown" };

  test("a result with an error is failed, whatever verdict stands beside it", () => {
    const claim = { hasDangerousDriving: false, maxRiskLevel: "none" };
    const verdict = { ...seedResult.results[0], riskLevel: "none" };
    expect(readResult({ ...seedResult, ...claim, results: [verdict], error: "no answer" })).toMatchObject({
      status: "failed",
      ...unknown,
    });
  });

  test.each(["failed", "expired", "superseded"])("a result that is %s says nothing of danger", (status) => {
    expect(readResult({ ...seedResult, status, hasDangerousDriving: false })).toMatchObject(unknown);
  });

  test("an assessed result says what its verdicts say, not what a field beside them claims", () => {
    expect(readResult({ ...seedResult, hasDangerousDriving: false, maxRiskLevel: "none" })).toMatchObject({
      hasDangerousDriving: true,
      maxRiskLevel: "medium",
    });
  });

  test("a result without an error and without a verdict is not assessed", () => {
    expect(readResult({ ...seedResult, results: [] })).toMatchObject({ status: "failed", ...unknown });
  });

  test.each([
    ["no verdict", { results: [] }],
    ["no verdict and a high maximum", { results: [], maxRiskLevel: "high" }],
    ["no verdict and an unknown maximum", { results: [], maxRiskLevel: "unknown" }],
    ["no verdict and danger", { results: [], maxRiskLevel: "none", hasDangerousDriving: true }],
    ["an error beside a maximum of none", { results: [], maxRiskLevel: "none", error: "no answer" }],
    ["an error's code", { errorCode: "TMON_VLM_TIMEOUT" }],
    ["a maximum above its verdicts'", { maxRiskLevel: "high" }],
  ])("an assessed result with %s was not assessed", (_, claim) => {
    const result = readResult({ ...seedResult, status: "assessed", ...claim });
    expect(result).toMatchObject({ status: "failed", ...unknown });
  });

  test("an assessed result that says none without a verdict of its own is none", () => {
    const said = { status: "assessed", results: [], maxRiskLevel: "none" };
    expect(readResult({ ...seedResult, ...said })).toMatchObject({ ...said, hasDangerousDriving: false });
  });
});

describe("what cannot be read", () => {
  test("a message of a newer tmon is told from a broken one", () => {
    expect(codeOf(() => readDetection({ schemaVersion: 2, entirely: "different" }))).toBe(
      "TMON_SCHEMA_NEWER",
    );
    expect(codeOf(() => readTask({ ...seedTask, schemaVersion: 7 }))).toBe("TMON_SCHEMA_NEWER");
    expect(codeOf(() => readResult({ ...seedResult, schemaVersion: 1 }))).toBeUndefined();
  });

  test.each(["", "{", "null", "[]", "7", '"text"', "\u0000\ufffd"])("%j is garbage", (text) => {
    expect(codeOf(() => decode(detectionSchema, Buffer.from(text)))).toBe("TMON_MESSAGE_INVALID");
    expect(codeOf(() => decode(taskSchema, Buffer.from(text)))).toBe("TMON_MESSAGE_INVALID");
    expect(codeOf(() => decode(resultSchema, Buffer.from(text)))).toBe("TMON_MESSAGE_INVALID");
  });

  test("a picture that is no base64, a time that is no time, a box of three numbers", () => {
    expect(codeOf(() => readTask({ ...seedTask, groupImageBase64: "<svg>" }))).toBe("TMON_MESSAGE_INVALID");
    expect(codeOf(() => readTask({ ...seedTask, timestamp: "noon" }))).toBe("TMON_MESSAGE_INVALID");
    const object = { ...seedTask.detectedObjects[0], bbox: [1, 2, 3] };
    expect(codeOf(() => readTask({ ...seedTask, detectedObjects: [object] }))).toBe("TMON_MESSAGE_INVALID");
  });

  test.each([
    ["a character of its own", "/9j*"],
    ["the alphabet for URLs", "_9j-"],
    ["a blank", "/9j/ /9j/ /9"],
    ["padding within", "/9==/9j/"],
    ["a length that none has", "/9j/4"],
  ])("base64 with %s is none", (_, groupImageBase64) => {
    expect(codeOf(() => readTask({ ...seedTask, groupImageBase64 }))).toBe("TMON_MESSAGE_INVALID");
  });

  test("the error names the field", () => {
    expect(() => readTask({ ...seedTask, timestamp: "noon" })).toThrow(/timestamp: not an ISO 8601 time/);
  });
});

test.each(Object.entries(wireSchemas))("%s has a JSON Schema", (_, schema) => {
  expect(z.toJSONSchema(schema, { io: "input" })).toMatchObject({
    type: "object",
    required: expect.arrayContaining(["cameraId"]),
  });
});

test.each(["", "/9j/4A==", picture])(
  "a task comes back as it was written, its picture %j",
  (groupImageBase64) => {
    const task = { ...readTask(seedTask), groupImageBase64 };
    expect(decode(taskSchema, encodeTask(task))).toEqual(task);
  },
);

describe("a task whose picture stays bytes", () => {
  const { groupImageBase64: _picture, ...plain } = seedTask;
  const field = `"groupImageBase64":"${picture}"`;
  const withField = (text: string) => `${JSON.stringify(plain).slice(0, -1)},${text}}`;

  test.each([
    ["at the end", withField(field)],
    ["at the beginning", `{${field},${JSON.stringify(plain).slice(1)}`],
    ["with blanks around", withField(`"groupImageBase64" : "${picture}" `)],
    ["with its slashes escaped", withField(field.replaceAll("/", "\\/"))],
    ["empty", withField('"groupImageBase64":""')],
    ["left out", JSON.stringify(plain)],
    ["said twice", withField(`${field},"groupImageBase64":"AAAA"`)],
    ["of something else in it", withField(`"more":{"groupImageBase64":"AAAA"},${field}`)],
    ["of something else only", withField(`"more":{"groupImageBase64":"AAAA"}`)],
    ["of a similar name", withField(`"a\\"groupImageBase64":"AAAA"`)],
  ])("reads as any other: %s", (_, text) => {
    const { groupImageBase64, ...task } = decode(taskSchema, Buffer.from(text));
    const received = { ...task, groupImageBase64: "", picture: Buffer.from(groupImageBase64) };
    expect(decodeTask(Buffer.from(text))).toEqual(received);
  });

  test.each([
    ["no base64", '"groupImageBase64":"<svg>"'],
    ["no text", '"groupImageBase64":null'],
    ["cut off", '"groupImageBase64":"AAAA'],
  ])("cannot be read like any other: %s", (_, text) => {
    const value = Buffer.from(withField(text));
    const thrown = (read: () => unknown) => {
      try {
        return read();
      } catch (error) {
        return error;
      }
    };
    expect(thrown(() => decodeTask(value))).toEqual(thrown(() => decode(taskSchema, value)));
    expect(codeOf(() => decodeTask(value))).toBe("TMON_MESSAGE_INVALID");
  });
});

describe("a task is read in place as its schema reads it", () => {
  const asSent = {
    ...seedTask,
    schemaVersion: 1,
    cameraId: "cam-1",
    imageWidth: 1280,
    imageHeight: 720,
    source: "sim",
    simulationModel: true,
    detectedObjects: seedTask.detectedObjects.map((object, objectId) => ({
      objectId,
      trackId: 9,
      ...object,
    })),
    trace: { capturedAt: 1, detectedAt: 2, generatedAt: 3 },
    unknown: { to: "this tmon" },
  };
  const values = [
    undefined,
    null,
    "",
    "car",
    "2026-11-23",
    0,
    -1,
    1.5,
    2,
    2 ** 60,
    true,
    [],
    {},
    [1, 2, 3, 4],
  ];
  const ended = (read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      return error;
    }
  };

  /** The paths of all its values. */
  function pathsIn(value: unknown): string[][] {
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) => [
      [name],
      ...pathsIn(inner).map((path) => [name, ...path]),
    ]);
  }

  const changed = (value: unknown, path: readonly string[], to: unknown): unknown => {
    const [name, ...rest] = path;
    if (name === undefined) return to;
    const copy = structuredClone(value) as Record<string, unknown>;
    return Object.assign(copy, { [name]: changed(copy[name], rest, to) });
  };

  test.each(pathsIn(asSent).map((path) => [path.join("."), path] as const))("whatever %s is", (_, path) => {
    for (const value of values) {
      const message = encode(changed(asSent, path, value) as object);
      const bySchema = ended(() => {
        const { groupImageBase64, ...task } = decode(taskSchema, message);
        return { ...task, groupImageBase64: "", picture: Buffer.from(groupImageBase64) };
      });
      expect(
        ended(() => decodeTask(message)),
        JSON.stringify(value),
      ).toEqual(bySchema);
    }
  });
});

test("a cameraId that looks like a number is one for the seed's front end", () => {
  expect(["0", "7", "999999999999999"].map(seedCameraId)).toEqual([0, 7, 999_999_999_999_999]);
  expect(["07", "-1", "1.5", "1e3", "9999999999999999", "cam-1"].map(seedCameraId)).toEqual([
    "07",
    "-1",
    "1.5",
    "1e3",
    "9999999999999999",
    "cam-1",
  ]);
});
