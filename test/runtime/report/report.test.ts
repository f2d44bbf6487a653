import { describe, expect, it } from "vitest";
import { noObservations, type ResultObservation } from "../../../src/runtime/report/observations.ts";
import { observeMessage, observePush } from "../../../src/runtime/report/observe.ts";
import { percentiles } from "../../../src/runtime/report/percentiles.ts";
import { makeReport, type RunFacts } from "../../../src/runtime/report/report.ts";

const facts: RunFacts = {
  run: {
    version: "0",
    bus: "embedded",
    store: "embedded",
    model: null,
    vlm: "m",
    simulated: true,
    cores: 2,
    node: "v",
  },
  startedAt: 0,
  endedAt: 10_000,
  cameras: { configured: 1, live: 1 },
  frames: { processed: 1, dropped: 0 },
  lag: { max: 3, final: 0 },
  process: { cpuSeconds: 1, maxRssBytes: 1 },
  unreadLost: 0,
  drained: true,
  incomplete: null,
};

const assessed: ResultObservation = {
  messageId: "m1",
  status: "assessed",
  trace: { capturedAt: 1000, detectedAt: 1010, generatedAt: 1015, dispatchedAt: 1020, assessedAt: 1830 },
  calls: 1,
  throttled: 0,
  openMs: 800,
  promptTokens: 100,
  completionTokens: 20,
  costYuan: 0,
  callsWithoutUsage: 0,
  model: undefined,
  simulated: false,
};

function observed() {
  const seen = noObservations();
  seen.frames.set("m1", { taskIds: ["m1_group1", "m1_group2"] });
  seen.tasks.add("m1_group1").add("m1_group2");
  seen.results.set("m1_group1", assessed);
  seen.results.set("m1_group2", { ...assessed, status: "expired", calls: 0 });
  seen.pushed.set("m1_group1", { at: 1850, times: 1 });
  return seen;
}

describe("the run report", () => {
  it("counts by distinct id and loses nothing where everything is accounted for", () => {
    const report = makeReport(observed(), facts);
    expect(report.messages).toMatchObject({ detections: 1, tasks: 2, results: 2 });
    expect(report.results).toEqual({ assessed: 1, failed: 0, expired: 1, superseded: 0 });
    expect(report).toMatchObject({ lost: 0, pending: 0, duplicates: 0, repeats: 0 });
  });

  it("counts as pending, not as lost, what is missing where not all could be seen", () => {
    const seen = observed();
    seen.pushed.clear();
    expect(makeReport(seen, facts)).toMatchObject({ lost: 1, pending: 0, incomplete: null });
    const incomplete = "Redis is away";
    expect(makeReport(seen, { ...facts, incomplete })).toMatchObject({ lost: 0, pending: 1, incomplete });
  });

  it("takes the open VLM request out of the overhead", () => {
    const report = makeReport(observed(), facts);
    expect(report.endToEndMs.p95).toBe(850);
    expect(report.overheadMs.p95).toBe(50);
    expect(report.stagesMs.detect.max).toBe(10);
    expect(report.stagesMs.aggregate.max).toBe(20);
  });

  it("calls a group without a task, a task without a result and a verdict without a push lost", () => {
    const seen = observed();
    seen.frames.set("m2", { taskIds: ["m2_group1"] });
    seen.tasks.add("m3_group1");
    seen.pushed.clear();
    expect(makeReport(seen, facts)).toMatchObject({ lost: 3, pending: 0 });
  });

  it("calls the same pending when the drain's deadline passed", () => {
    const seen = observed();
    seen.tasks.add("m3_group1");
    expect(makeReport(seen, { ...facts, drained: false })).toMatchObject({ lost: 0, pending: 1 });
  });

  it("calls it pending, too, while a group has not acknowledged all: another process may have it", () => {
    const seen = observed();
    seen.tasks.add("m3_group1");
    const lag = { max: 3, final: 1 };
    expect(makeReport(seen, { ...facts, lag })).toMatchObject({ lost: 0, pending: 1 });
  });

  it("tells the throttled, the success rate and the concurrency from what the results say", () => {
    const seen = observed();
    const trace = { ...assessed.trace, dispatchedAt: 1500 };
    seen.results.set("m3_group1", { ...assessed, trace, calls: 3, throttled: 2, callsWithoutUsage: 1 });
    seen.results.set("m4_group1", { ...assessed, trace: { ...trace, dispatchedAt: 9000 }, status: "failed" });
    expect(makeReport(seen, facts).vlm).toMatchObject({
      requests: 5,
      successRate: 2 / 5,
      throttled: 2,
      callsWithoutUsage: 1,
      maxConcurrency: 2,
    });
  });

  it("adds what retention removed unread to the lost", () => {
    expect(makeReport(observed(), { ...facts, unreadLost: 7 }).lost).toBe(7);
  });

  it("counts a taskId that two pushes called new as one duplicate", () => {
    const seen = noObservations();
    observePush(seen, JSON.stringify({ newTaskIds: ["a", "b"] }), 10);
    observePush(seen, JSON.stringify({ newTaskIds: ["a"] }), 20);
    expect(seen.pushed.get("a")).toEqual({ at: 10, times: 2 });
    expect(makeReport(seen, facts)).toMatchObject({ duplicates: 1, messages: { pushes: 2 } });
  });

  it("lets the first result in log order count, except that assessed replaces one that is not", () => {
    const seen = noObservations();
    const message = { taskId: "t", cameraId: 1, timestamp: new Date().toISOString(), maxRiskLevel: "none" };
    const place = { topic: "", partition: 0, offset: 0, key: "1", timestamp: 0, headers: {} };
    const result = (status: string, llmOpenMs: number) => {
      const value = Buffer.from(JSON.stringify({ ...message, status, metadata: { llmOpenMs } }));
      observeMessage(seen, "risk-assessment-results", { ...place, value });
    };
    result("expired", 0);
    result("assessed", 5);
    result("assessed", 6);
    expect(seen.results.get("t")).toMatchObject({ status: "assessed", openMs: 5 });
    expect(seen.repeats).toBe(2);
  });

  it("has no success rate where nothing was asked, instead of a perfect one", () => {
    expect(makeReport(noObservations(), facts).vlm.successRate).toBeNull();
  });
});

describe("percentiles", () => {
  it("are nearest-rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentiles(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
  });

  it("are null where nothing was measured", () => {
    expect(percentiles([])).toEqual({ p50: null, p95: null, p99: null, max: null });
  });
});
