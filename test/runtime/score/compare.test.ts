import { describe, expect, test } from "vitest";
import type { Box } from "../../../src/messages/common.ts";
import type { RiskTypeCode } from "../../../src/messages/result.ts";
import { type Alert, scoreOf, type Watched } from "../../../src/runtime/score/compare.ts";
import type { TrueObject } from "../../../src/simulator/cameras/truth.ts";

const seen = (id: number, box: Box): TrueObject => ({ id, class: "car", box, visible: 1 });
/** Two in danger beside each other, and one far from them. */
const objects = [seen(1, [0, 0, 20, 20]), seen(2, [30, 0, 50, 20]), seen(3, [300, 0, 320, 20])];

const danger = (kind: RiskTypeCode, startMs: number, endMs: number, objectIds = [1, 2]) => ({
  ...{ kind, startMs, endMs, objectIds },
});
const alert = (incidentId: string, seenAt: number, changes: Partial<Alert> = {}): Alert => ({
  ...{ incidentId, kinds: ["tailgating"], seenAt, objects, bbox: [0, 0, 50, 20] },
  toldAt: seenAt + 900,
  ...changes,
});
const camera = (changes: Partial<Watched>): Watched => ({
  ...{ cameraId: "a", dangers: [], looks: [], alerts: [], calls: [] },
  ...changes,
});

describe("a danger", () => {
  const dangers = [danger("tailgating", 10_000, 14_000)];
  const found = (...alerts: Alert[]) => scoreOf([camera({ dangers, alerts })], ["tailgating"]);

  test("is found by an alert of its kind on its camera while it lasts, however often that is repeated", () => {
    const watched = [
      camera({
        dangers: [...dangers, danger("tailgating", 50_000, 52_000)],
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

  test("is not found by an alert before, after, or of another kind", () => {
    const score = found(
      ...[alert("i", 9_900), alert("j", 14_100), alert("k", 12_000, { kinds: ["wrong_way"] })],
    );
    expect(score).toMatchObject({ found: 0, recall: 0, incidents: 2, precision: 0 });
    expect(score.timeToAlertMs).toEqual({ p50: null, p95: null });
  });

  test("is not found by an alert about others, nor by one that shows one of two", () => {
    expect(found(alert("i", 12_000, { bbox: [290, 0, 340, 40] }))).toMatchObject({ found: 0, right: 0 });
    expect(found(alert("i", 12_000, { bbox: [0, 0, 39, 20] }))).toMatchObject({ found: 0, right: 0 });
    expect(found(alert("i", 12_000, { bbox: [0, 0, 40, 20] }))).toMatchObject({ found: 1, right: 1 });
  });

  test("of which one alone is seen is found by an alert that shows that one, and by none if nobody is seen", () => {
    const one = alert("i", 12_000, { bbox: [0, 0, 25, 25], objects: objects.toSpliced(1, 1) });
    expect(found(one)).toMatchObject({ found: 1, right: 1 });
    expect(found({ ...one, objects: objects.slice(2) })).toMatchObject({ found: 0, right: 0 });
  });

  test("between three is found by an alert that shows two of them", () => {
    const three = [danger("pedestrian_conflict", 0, 5_000, [1, 2, 3])];
    const alerts = [alert("i", 2_000, { kinds: ["pedestrian_conflict"] })];
    expect(scoreOf([camera({ dangers: three, alerts })], ["pedestrian_conflict"]).found).toBe(1);
  });

  test("is found by an incident that began before it", () => {
    expect(found(alert("i", 8_000), alert("i", 12_000))).toMatchObject({ found: 1, precision: 1 });
  });

  test("costs the calls about pictures of its time", () => {
    const calls = [9_000, 11_000, 12_800, 20_000].map((seenAt) => ({ seenAt, calls: 2 }));
    expect(scoreOf([camera({ dangers, calls })], ["tailgating"]).calls).toBe(4);
  });

  test("is looked at if a picture was taken while it lasted", () => {
    const both = [...dangers, danger("tailgating", 20_000, 20_500)];
    const watched = [
      camera({ dangers: both, looks: [9_000, 11_000, 19_900, 20_600], alerts: [alert("i", 11_000)] }),
    ];
    expect(scoreOf(watched, ["tailgating"])).toMatchObject({
      ...{ dangers: 2, lookedAt: 1, recall: 0.5, recallOfLookedAt: 1 },
    });
  });
});

describe("several kinds together", () => {
  const dangers = [danger("tailgating", 0, 5_000), danger("wrong_way", 1_000, 5_000)];
  const kinds: RiskTypeCode[] = ["tailgating", "wrong_way"];

  test("count each alert once for each of its kinds", () => {
    const alerts = [alert("i", 2_000, { kinds })];
    expect(scoreOf([camera({ dangers, alerts })], kinds)).toMatchObject({
      ...{ dangers: 2, found: 2, incidents: 2, right: 2 },
    });
  });

  test("count a call once, however many dangers there were", () => {
    expect(scoreOf([camera({ dangers, calls: [{ seenAt: 2_000, calls: 1 }] })], kinds).calls).toBe(1);
  });
});

test("where nothing was to be found, nothing is said of recall, nor of precision where nothing was told", () => {
  expect(scoreOf([camera({})], ["tailgating"])).toMatchObject({
    ...{ recall: null, recallOfLookedAt: null, precision: null },
  });
});
