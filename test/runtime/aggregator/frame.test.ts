import { describe, expect, test } from "vitest";
import type { AssessmentResult } from "../../../src/messages/result.ts";
import { closesAt, isComplete, newFrame, takeResult } from "../../../src/runtime/aggregator/frame.ts";
import { detectionMessage, left, readDetection, readResult, resultMessage, right } from "./frames.ts";

const config = { keepImages: false, closeAfterMs: 2_000, maxAgeMs: 10_000 };

function frameAt(capturedAt: number, arrivedAt: number) {
  const detection = readDetection(detectionMessage("m", [left, right], { trace: { capturedAt } }));
  return { ...newFrame(detection, "m", arrivedAt), detection };
}

describe("a frame closes", () => {
  test("max_age after its capture while no result comes", () => {
    expect(closesAt(frameAt(100_000, 100_050), config)).toBe(110_000);
  });

  test("2 s after its first result", () => {
    expect(closesAt({ ...frameAt(100_000, 100_050), firstResultAt: 101_000 }, config)).toBe(103_000);
  });

  test("no later than max_age however late its first result", () => {
    expect(closesAt({ ...frameAt(100_000, 100_050), firstResultAt: 109_000 }, config)).toBe(110_000);
  });

  test("not before its results can have been read, when it is read after an outage", () => {
    expect(closesAt(frameAt(100_000, 500_000), config)).toBe(502_000);
  });

  test("although its camera's clock is ahead", () => {
    expect(closesAt(frameAt(900_000, 100_000), config)).toBe(110_000);
  });
});

test("a frame is complete when every group has its final result, assessed or not", () => {
  const frame = frameAt(0, 0);
  expect(isComplete(frame)).toBe(false);
  takeResult(frame.results, readResult(resultMessage("m", 2, "expired")));
  expect(isComplete(frame)).toBe(false);
  takeResult(frame.results, readResult(resultMessage("m", 1, "none")));
  expect(isComplete(frame)).toBe(true);
});

test("the first result counts, except that assessed replaces one that is not, once", () => {
  const results = new Map<string, AssessmentResult>();
  const take = (verdict: Parameters<typeof resultMessage>[2]) =>
    takeResult(results, readResult(resultMessage("m", 1, verdict)));
  expect([take("expired"), take("failed"), take("low"), take("high"), take("failed")]).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
  expect(results.get("m_group1")).toMatchObject({ status: "assessed", maxRiskLevel: "low" });
});
