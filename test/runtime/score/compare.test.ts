import { describe, expect, test } from "vitest";
import type { RiskTypeCode } from "../../../src/messages/result.ts";
import { type Alert, scoreOf, type Watched } from "../../../src/runtime/score/compare.ts";

const danger = (kind: RiskTypeCode, startMs: number, endMs: number) => ({
  kind,
  startMs,
  endMs,
  objectIds: [],
});
const alert = (incidentId: string, seenAt: number, kinds: RiskTypeCode[] = ["tailgating"]): Alert => ({
  ...{ incidentId, kinds, seenAt },
  toldAt: seenAt + 900,
});
const camera = (changes: Partial<Watched>): Watched => ({
  ...{ cameraId: "a", dangers: [], alerts: [], calls: [] },
  ...changes,
});

describe("a danger", () => {
  test("is found by an alert of its kind on its camera while it lasts, however often that is repeated", () => {
    const watched = [
      camera({
        dangers: [danger("tailgating", 10_000, 14_000), danger("tailgating", 50_000, 52_000)],
        alerts: [alert("i", 11_000), alert("i", 13_000)],
      }),
      camera({ cameraId: "b", alerts: [alert("j", 51_000)] }),
    ];
    expect(scoreOf(watched, ["tailgating"])).toMatchObject({
      ...{ dangers: 2, found: 1, recall: 0.5 },
      ...{ incidents: 2, right: 1, precision: 0.5 },
      timeToAlertMs: { p50: 1_900, p95: 1_900 },
    });
  });

  test("is not found by an alert before, long after, or of another kind", () => {
    const dangers = [danger("tailgating", 10_000, 14_000)];
    const alerts = [alert("i", 9_900), alert("j", 14_600), alert("k", 12_000, ["wrong_way"])];
    const score = scoreOf([camera({ dangers, alerts })], ["tailgating"]);
    expect(score).toMatchObject({ found: 0, recall: 0, incidents: 2, precision: 0 });
    expect(score.timeToAlertMs).toEqual({ p50: null, p95: null });
  });

  test("is found by an incident that began before it", () => {
    const dangers = [danger("tailgating", 10_000, 14_000)];
    const alerts = [alert("i", 8_000), alert("i", 12_000)];
    expect(scoreOf([camera({ dangers, alerts })], ["tailgating"])).toMatchObject({ found: 1, precision: 1 });
  });

  test("costs the calls about frames of its time", () => {
    const dangers = [danger("tailgating", 10_000, 14_000)];
    const calls = [9_000, 11_000, 12_800, 20_000].map((seenAt) => ({ seenAt, calls: 2 }));
    expect(scoreOf([camera({ dangers, calls })], ["tailgating"]).calls).toBe(4);
  });
});

test("several kinds are counted together, each alert once for each of its kinds", () => {
  const dangers = [danger("tailgating", 0, 5_000), danger("wrong_way", 1_000, 5_000)];
  const alerts = [alert("i", 2_000, ["tailgating", "wrong_way"])];
  expect(scoreOf([camera({ dangers, alerts })], ["tailgating", "wrong_way"])).toMatchObject({
    ...{ dangers: 2, found: 2, incidents: 2, right: 2 },
  });
});

test("where nothing was to be found, nothing is said of recall, nor of precision where nothing was told", () => {
  expect(scoreOf([camera({})], ["tailgating"])).toMatchObject({ recall: null, precision: null });
});
