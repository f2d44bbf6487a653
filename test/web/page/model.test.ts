import { describe, expect, test } from "vitest";
import { fitTiles } from "../../../src/web/page/parts/fit.ts";
import {
  applyCameras,
  applyFrame,
  applyIncident,
  applyIncidents,
  applyState,
} from "../../../src/web/page/state/apply.ts";
import { conditionOf, presentLevel } from "../../../src/web/page/state/condition.ts";
import { createModel, type Model } from "../../../src/web/page/state/model.ts";
import { stagesOf } from "../../../src/web/page/state/stages.ts";
import type { ShownCamera, ShownFrame, ShownIncident, ShownState } from "../../../src/web/screen-messages.ts";

const frame = (messageId: string, capturedAt: number, cameraId: string | number = 7): ShownFrame => ({
  cameraId,
  messageId,
  timestamp: new Date(capturedAt).toISOString(),
  capturedAt,
  imageWidth: 640,
  imageHeight: 360,
  detectedObjects: [],
  trafficGroups: [],
});

function state(messageId: string, capturedAt: number, changes: Partial<ShownState> = {}): ShownState {
  return {
    cameraId: 7,
    messageId,
    timestamp: new Date(capturedAt).toISOString(),
    trafficGroups: [],
    riskAssessment: { allGroupResults: [] },
    maxRiskLevel: "none",
    unassessedGroups: [],
    unassessedReasons: [],
    simulated: false,
    trace: { capturedAt },
    ...changes,
  };
}

function incident(incidentId: string, at: number, changes: Partial<ShownIncident> = {}): ShownIncident {
  const time = new Date(at).toISOString();
  const words = { riskTypes: [], riskTypeCodes: [], description: "", picture: null };
  const kind = { state: "raised", riskLevel: "high", verified: true, simulated: false } as const;
  return { incidentId, cameraId: 7, firstSeen: time, lastSeen: time, ...words, ...kind, ...changes };
}

function camera(cameraId: string | number, changes: Partial<ShownCamera> = {}): ShownCamera {
  const stream = { url: null, source: null, intervalMs: 1_000, since: null, lastFrameAt: null };
  return {
    cameraId,
    status: 1,
    message: "",
    reason: null,
    reasonCode: null,
    state: "live",
    ...stream,
    ...changes,
  };
}

const seen = (now: number) => ({ now, connection: "live" as const });

const only = (model: Model) => model.cameras.value[0]!;

describe("what the page knows", () => {
  test("hours of messages do not make it grow", () => {
    const model = createModel();
    model.recent.cameraId = "7";
    for (let count = 0; count < 3_000; count++) {
      applyFrame(model, frame(`m${count}`, count), null);
      applyState(model, state(`m${count}`, count));
      applyIncident(model, incident(`i${count}`, count));
    }
    const { cameras, incidents, arrivals, recent } = model;
    expect(cameras.value).toHaveLength(1);
    expect(only(model).frame.value?.messageId).toBe("m2999");
    expect(only(model).verdicts.value).toHaveLength(12);
    expect([incidents.value.length, arrivals.value.size, recent.frames.size]).toEqual([200, 200, 16]);
    expect(incidents.value[0]?.incidentId).toBe("i2999");
  });

  test("a repeated push replaces what it repeats, and what is late goes before nothing newer", () => {
    const model = createModel();
    applyFrame(model, frame("newer", 2_000), null);
    applyFrame(model, frame("older", 1_000), null);
    expect(only(model).frame.value?.messageId).toBe("newer");
    applyState(model, state("newer", 2_000, { maxRiskLevel: "unknown" }));
    applyState(model, state("older", 1_000, { maxRiskLevel: "high" }));
    applyState(model, state("newer", 2_000, { maxRiskLevel: "low" }));
    expect(only(model).verdicts.value.map(({ messageId }) => messageId)).toEqual(["newer", "older"]);
    expect(presentLevel(only(model), seen(3_000))).toBe("low");
  });

  test("the server's list of incidents replaces the page's, but takes back nothing that was pushed since", () => {
    const model = createModel();
    applyIncidents(model, [incident("gone", 1), incident("stays", 2)]);
    applyIncident(model, incident("stays", 2, { state: "cleared" }));
    applyIncident(model, incident("pushed", 3));
    applyIncidents(model, [incident("stays", 2)]);
    expect(model.incidents.value.map((of) => [of.incidentId, of.state])).toEqual([
      ["pushed", "raised"],
      ["stays", "cleared"],
    ]);
  });

  test("cameras stand in the order of the list, those on no list behind them by name", () => {
    const model = createModel();
    const ids = () => model.cameras.value.map(({ id }) => id);
    for (const id of ["cam-10", "cam-9", "yard"]) applyFrame(model, frame("m", Date.now(), id), null);
    expect(ids()).toEqual(["cam-9", "cam-10", "yard"]);
    applyCameras(model, [camera("yard"), camera(0)]);
    expect(ids()).toEqual(["yard", "0", "cam-9", "cam-10"]);
    applyCameras(model, [camera(0)]);
    expect(ids()).toEqual(["0", "cam-9", "cam-10", "yard"]);
  });

  test("a camera nobody says anything of is given a moment for its first frame", () => {
    const model = createModel();
    applyCameras(model, [camera(7, { state: null, status: 0 })]);
    expect(conditionOf(only(model), model.now.value)).toBe("connecting");
    expect(conditionOf(only(model), model.now.value + 6_000)).toBe("waiting");
  });

  test("a camera that is said to be live and sends nothing is stale; an old verdict marks nothing", () => {
    const model = createModel();
    const now = Date.now();
    applyCameras(model, [camera(7)]);
    expect(conditionOf(only(model), now)).toBe("connecting");
    applyFrame(model, frame("m", now), null);
    applyState(model, state("m", now, { maxRiskLevel: "high" }));
    expect([conditionOf(only(model), now), presentLevel(only(model), seen(now))]).toEqual(["live", "high"]);
    expect(conditionOf(only(model), now + 6_000)).toBe("stale");
    expect(presentLevel(only(model), seen(now + 20_000))).toBeUndefined();
    applyCameras(model, [camera(7, { state: "failed", status: 0 })]);
    expect(conditionOf(only(model), now)).toBe("failed");
  });

  test("a verdict marks a camera only while the camera is live and the page connected", () => {
    const model = createModel();
    const now = Date.now();
    applyCameras(model, [camera(7)]);
    applyFrame(model, frame("m", now), null);
    applyState(model, state("m", now));
    expect(presentLevel(only(model), seen(now))).toBe("none");
    expect(presentLevel(only(model), { now, connection: "reconnecting" })).toBeUndefined();
    for (const state of ["connecting", "stalled", "backing_off", "failed", "ended"] as const) {
      applyCameras(model, [camera(7, { state, status: 0 })]);
      expect(presentLevel(only(model), seen(now)), state).toBeUndefined();
    }
  });

  test("a verdict's stages are the gaps of its trace; what nobody measured is not made up", () => {
    const model = createModel();
    const verdict = {
      ...{ groupIndex: 1, taskId: "m_group1", simulated: false, metadata: {}, riskLevel: "low" as const },
      ...{ confidence: 1, riskTypes: [], riskTypeCodes: [], description: "", dangerObjectCount: 0 },
      triggerObjectIds: [],
      trace: { capturedAt: 1_000, detectedAt: 1_040, dispatchedAt: 1_100, assessedAt: 1_900 },
    };
    const trace = { capturedAt: 1_000, aggregatedAt: 1_905 };
    applyState(model, state("m", 1_000, { riskAssessment: { allGroupResults: [verdict] }, trace }));
    const stages = stagesOf(only(model).verdicts.value[0]!);
    expect(stages?.stages.map(({ ms }) => ms)).toEqual([40, undefined, undefined, 800, 5]);
    expect(stages?.totalMs).toBe(905);
  });
});

test("tiles are as large as fit the screen at once, unless they would be too small to read", () => {
  expect(fitTiles(1, { width: 1600, height: 900 })).toEqual({ columns: 1, widthPx: 1546 });
  const { columns, widthPx } = fitTiles(5, { width: 1200, height: 840 });
  expect(columns * widthPx + 8 * (columns - 1)).toBeLessThanOrEqual(1200);
  expect(Math.ceil(5 / columns) * ((widthPx * 9) / 16 + 30)).toBeLessThanOrEqual(840);
  expect(fitTiles(100, { width: 340, height: 600 })).toEqual({ columns: 2, widthPx: 166 });
});
