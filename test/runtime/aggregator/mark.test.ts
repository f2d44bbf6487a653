import { describe, expect, test } from "vitest";
import { decodeMark, encodeMark } from "../../../src/runtime/aggregator/mark.ts";
import { detectionMessage, left, readDetection, readResult, resultMessage, right } from "./frames.ts";

const detection = readDetection(detectionMessage("m", [left, right]));
const result = (group: number, verdict: "low" | "expired") => readResult(resultMessage("m", group, verdict));
const marked = (text: string) => decodeMark({ detection: text, taskIds: ["m_group1"], closed: true });

describe("a frame's mark", () => {
  test("remembers the frame without its pictures while a verdict may still come", () => {
    const known = marked(encodeMark({ detection, results: [result(1, "low"), result(2, "expired")] }));
    expect(known?.detection.trafficGroups).toHaveLength(2);
    expect(known?.detection.groupImages).toEqual([]);
    expect(known?.results.map(({ status }) => status)).toEqual(["assessed", "expired"]);
  });

  test("keeps nothing once every group has its verdict, and of a frame without groups", () => {
    expect(encodeMark({ detection, results: [result(1, "low"), result(2, "low")] })).toBe("");
    expect(encodeMark({ detection: readDetection(detectionMessage("m", [])), results: [] })).toBe("");
    expect(marked("")).toBeUndefined();
  });
});
