import { describe, expect, it } from "vitest";
import { alarmsOf } from "../../../src/terminal/top/model/alarms.ts";
import { orderedCameras, orderedKeys } from "../../../src/terminal/top/model/order.ts";
import { beat, busy, camera, group, key, modelOf, type Sample, start } from "./samples.ts";

const second = (count: number) => start + count * 1000;
const rates = (...samples: Sample[]) =>
  Object.fromEntries(modelOf(...samples).flow.stages.map(({ name, perSecond }) => [name, perSecond]));

describe("throughput", () => {
  it("is what was written a second, over the last seconds", () => {
    expect(rates({ written: 100 })).toMatchObject({ detections: null, tasks: null, results: null });
    expect(rates({ written: 100 }, { at: second(2), written: 130 })).toMatchObject({ detections: 15 });
    const steady = Array.from({ length: 30 }, (_, index) => ({ at: second(index), written: index * 4 }));
    expect(rates(...steady, { at: second(30), written: 29 * 4 + 10 }).tasks).toBeCloseTo(5);
    const halted = Array.from({ length: 8 }, (_, index) => ({ at: second(30 + index), written: 29 * 4 }));
    expect(rates(...steady, ...halted).tasks).toBe(0);
  });

  it("of pushes is that of all aggregators, by the times of their heartbeats", () => {
    const pushes = (instance: string, at: number, count: number) =>
      beat({ role: "aggregator", instance, at, stats: { pushes: count } });
    const first = { beats: [pushes("a", start, 10), pushes("b", start, 500)] };
    const next = { at: second(3), beats: [pushes("a", second(2), 14), pushes("b", second(2), 506)] };
    expect(rates(first, next).pushes).toBe(5);
    // The same heartbeats, seen again.
    expect(rates(first, next, { ...next, at: second(4) }).pushes).toBe(5);
    // One began anew: its count is no loss.
    const again = { at: second(4), beats: [pushes("a", second(4), 0), pushes("b", second(4), 512)] };
    expect(rates(first, next, again).pushes).toBe(3);
  });

  it("is not known while the bus is away, and the others go on", () => {
    const pushes = (at: number, count: number) => [
      beat({ role: "aggregator", at, stats: { pushes: count } }),
    ];
    const away = { at: second(9), busTrouble: "Kafka is away", beats: pushes(second(8), 20) };
    expect(rates({ written: 5, beats: pushes(second(4), 12) }, away)).toMatchObject({
      detections: null,
      pushes: 2,
    });
  });

  it("leaves a trace, a gap where it was not known", () => {
    const away = { at: second(6), busTrouble: "Kafka is away" };
    const { flow } = modelOf({ written: 0 }, { at: second(1), written: 3 }, away);
    expect(flow.stages[0]?.history).toEqual([null, 3, null]);
  });
});

describe("roles", () => {
  const states = (...samples: Sample[]) =>
    modelOf(...samples).roles.map(({ instance, state, why }) =>
      [instance, state, why].filter(Boolean).join(" "),
    );
  const gone = (count: number) => ({ at: second(count) });

  it("is dead once its process is gone, or two heartbeats are missing", () => {
    expect(states({ beats: [beat()] })).toEqual(["edge-1 up"]);
    expect(states({ beats: [beat({ gone: true })] })).toEqual(["edge-1 dead its process is gone"]);
    expect(states({ at: second(4), beats: [beat()] })).toEqual(["edge-1 up"]);
    expect(states({ at: second(6), beats: [beat()] })).toEqual(["edge-1 dead no heartbeat"]);
  });

  it("that died is shown when its heartbeat has expired, until it is forgotten or comes back", () => {
    const died = [{ beats: [beat()] }, { at: second(5.5), beats: [beat()] }, gone(6.5), gone(60)];
    expect(states(...died)).toEqual(["edge-1 dead no heartbeat"]);
    expect(states(...died, gone(299))).toHaveLength(1);
    expect(states(...died, gone(301))).toEqual([]);
    expect(states(...died, { at: second(70), beats: [beat({ at: second(70) })] })).toEqual(["edge-1 up"]);
  });

  it("that was ended took its heartbeat away, and is not shown", () => {
    expect(states({ beats: [beat()] }, gone(1))).toEqual([]);
  });

  it("is not dead for what the store did not hear while it was away", () => {
    const away = { at: second(30), storeTrouble: "Redis is away", beats: [beat()] };
    const back = [{ beats: [beat()] }, away, gone(31)];
    expect(states({ beats: [beat()] }, away)).toEqual(["edge-1 up"]);
    expect(states(...back)).toEqual(["edge-1 up"]);
    expect(states(...back, { at: second(32), beats: [beat({ at: second(32) })] })).toEqual(["edge-1 up"]);
    const later = Array.from({ length: 7 }, (_, index) => gone(32 + index));
    expect(states(...back, ...later)).toEqual(["edge-1 dead no heartbeat"]);
  });

  it("stand in the order of the data", () => {
    expect(modelOf(busy).roles.map(({ role }) => role)).toEqual([
      "detector",
      "generator",
      "scheduler",
      "aggregator",
    ]);
  });
});

describe("keys", () => {
  const keysOf = (...stats: object[]) =>
    modelOf({
      beats: stats.map((of, index) => beat({ role: "scheduler", instance: `s-${index}`, stats: { ...of } })),
    }).keys;

  it("show what their group used of what it may", () => {
    expect(keysOf({ keys: [key("key_1")], groups: [group] })).toMatchObject([
      { id: "key_1", requests: { used: 212, limit: 300 }, tokens: { used: 81_234, limit: 200_000 } },
    ]);
  });

  it("of several schedulers are one each, in the worst of their states", () => {
    const cooling = { state: "cooling", reason: "request quota", calls: 300, latencyMs: { p50: 1, p95: 2 } };
    const [row, ...others] = keysOf(
      { keys: [key("key_1")], groups: [group] },
      { keys: [key("key_1", cooling)], groups: [group] },
    );
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      state: "cooling",
      reason: "request quota",
      inFlight: 4,
      calls: 400,
      failures: 2,
    });
    expect(row).toMatchObject({
      latencyMs: { p95: 2 },
      costYuan: 2.468,
      requests: { used: 424, limit: 300 },
    });
  });

  it("of a scheduler that tells less are shown with what it tells", () => {
    const [row] = keysOf({ keys: [{ id: "key_1", state: "usable", inFlight: 1, calls: 2, failures: 0 }] });
    expect(row).toMatchObject({ state: "usable", calls: 2, requests: null, latencyMs: { p95: null } });
    expect(keysOf({ keys: "none" })).toEqual([]);
  });

  it("of a dead scheduler are not shown", () => {
    expect(
      modelOf({ beats: [beat({ role: "scheduler", gone: true, stats: { keys: [key("key_1")] } })] }).keys,
    ).toEqual([]);
  });
});

describe("cameras", () => {
  it("have the newest picture their detector tells of", () => {
    const seen = [camera("a", { lastFrameAt: null }), camera("b"), camera("c", { lastFrameAt: null })];
    const detector = beat({
      role: "detector",
      stats: { cameras: [{ id: "a", lastFrameAt: start - 50 }, { id: "c" }] },
    });
    expect(modelOf({ cameras: seen, beats: [detector] }).cameras.map(({ pictureMs }) => pictureMs)).toEqual([
      50,
      300,
      null,
    ]);
  });
});

describe("the order", () => {
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
  const { keys } = modelOf({
    beats: [
      beat({
        role: "scheduler",
        stats: {
          keys: [
            key("key_10", { failures: 9 }),
            key("key_9", { state: "cooling", latencyMs: { p50: 1, p95: 9000 } }),
            key("key_1", { state: "disabled" }),
            key("key_2", { group: "spare" }),
            key("key_3", { state: "disabled", order: "disable" }),
          ],
          groups: [group, { ...group, id: "spare", requests: { usedMinute: 299, limitMinute: 300 } }],
        },
      }),
    ],
  });

  it("of keys is by what was asked for, equals by name", () => {
    expect(ids(orderedKeys(keys, "trouble"))).toEqual(["key_1", "key_9", "key_3", "key_2", "key_10"]);
    expect(ids(orderedKeys(keys, "name"))).toEqual(["key_1", "key_2", "key_3", "key_9", "key_10"]);
    expect(ids(orderedKeys(keys, "use"))[0]).toBe("key_2");
    expect(ids(orderedKeys(keys, "latency"))[0]).toBe("key_9");
    expect(ids(orderedKeys(keys, "errors"))[0]).toBe("key_10");
  });

  it("of cameras puts the broken ones first, or goes by name", () => {
    const { cameras } = modelOf({
      cameras: [camera("10"), camera("9", { state: "stalled" }), camera("1", { state: "failed" })],
    });
    expect(ids(orderedCameras(cameras, "trouble"))).toEqual(["1", "9", "10"]);
    expect(ids(orderedCameras(cameras, "name"))).toEqual(["1", "9", "10"]);
    expect(ids(orderedCameras([...cameras, { ...cameras[0]!, id: "2" }], "name"))).toEqual([
      "1",
      "2",
      "9",
      "10",
    ]);
  });
});

it("alarms are what needs a person: what is away, dead, disabled or failed", () => {
  const takenOut = key("key_9", { state: "disabled", order: "disable" });
  const scheduler = beat({ role: "scheduler", stats: { keys: [takenOut] } });
  expect(alarmsOf(modelOf({ beats: [scheduler] }))).toEqual([]);
  expect(alarmsOf(modelOf({}))).toEqual(["no role runs on this bus and store: tmon up starts them all"]);
  expect(alarmsOf(modelOf(busy))).toEqual([
    "key key_7 is disabled: the account is unpaid",
    "camera junction-4 failed: wrong user name or password",
  ]);
  const away = { busTrouble: "Kafka is away", storeTrouble: "Redis is away", beats: [beat({ gone: true })] };
  expect(alarmsOf(modelOf(away))).toEqual([
    "bus: Kafka is away",
    "store: Redis is away",
    "generator edge-1 is dead: its process is gone",
  ]);
});

it("the end to end time is the slowest aggregator's", () => {
  const aggregator = (instance: string, p95: number | null) =>
    beat({ role: "aggregator", instance, stats: { endToEndMs: { p50: 900, p95 } } });
  expect(
    modelOf({ beats: [aggregator("a", 1200), aggregator("b", 1900), aggregator("c", null)] }).endToEnd,
  ).toEqual({
    p50Ms: 900,
    p95Ms: 1900,
  });
  expect(modelOf({}).endToEnd).toBeNull();
});
