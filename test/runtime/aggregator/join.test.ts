import { expect, test } from "vitest";
import { createJoin } from "../../../src/runtime/aggregator/join.ts";
import type { Receipt } from "../../../src/runtime/receipt.ts";
import { createWindow } from "../../../src/runtime/window.ts";
import { until } from "../../support/until.ts";
import { detectionMessage, left, readDetection, readResult, resultMessage } from "./frames.ts";

function joinWithWindows(bound: number) {
  const said: string[] = [];
  const acknowledged: string[] = [];
  const abandoned: string[] = [];
  const shown: string[] = [];
  const owned = { yes: true };
  const window = (name: string) =>
    createWindow(
      { messages: bound, bytes: 1_000_000 },
      { full: () => said.push(`${name} full`), room: () => said.push(`${name} room`) },
    );
  const windows = { detections: window("detections"), orphans: window("orphans") };
  const join = createJoin({
    config: { keepImages: false, closeAfterMs: 60_000, maxAgeMs: 60_000 },
    now: Date.now,
    show: async ({ detection }, _, closing) => void shown.push(`${detection.messageId} ${closing}`),
    findMark: async () => undefined,
    windows,
  });
  const receipt = (name: string, partition = 0): Receipt => ({
    topic: "t",
    partition,
    offset: 0,
    bytes: 10,
    acknowledge: () => void acknowledged.push(name),
    abandon: () => void abandoned.push(name),
    owned: () => owned.yes,
  });
  return {
    ...{ said, acknowledged, abandoned, shown, owned, join, windows },
    detect: (id: string, partition?: number) =>
      join.detection(readDetection(detectionMessage(id, [left])), receipt(`detection ${id}`, partition)),
    judge: (id: string) => join.result(readResult(resultMessage(id, 1, "none")), receipt(`result ${id}`)),
  };
}

test("a repeat of a danger that was told is no news, whatever its mark still remembers", async () => {
  const dangers: string[] = [];
  const join = createJoin({
    config: { keepImages: false, closeAfterMs: 60_000, maxAgeMs: 60_000 },
    now: Date.now,
    show: async (_, told) => void dangers.push(...told.map(({ taskId }) => taskId)),
    findMark: async () => ({ detection: "", taskIds: ["m_group1"], closed: true }),
    windows: joinWithWindows(4).windows,
  });
  let acknowledged = false;
  const receipt = { bytes: 10, owned: () => true, acknowledge: () => (acknowledged = true) };
  join.result(readResult(resultMessage("m", 1, "high")), receipt as unknown as Receipt);
  await until(() => acknowledged);
  expect(dangers).toEqual([]);
});

test("held detections stop detections alone: the results that free them still come", async () => {
  const { said, detect, judge, join } = joinWithWindows(4);
  for (const id of ["a", "b", "c", "d"]) detect(id);
  expect(said).toEqual(["detections full"]);
  for (const id of ["a", "b", "c", "d"]) judge(id);
  await until(() => join.size() === 0);
  expect(said).toEqual(["detections full", "detections room"]);
});

test("results without detections stop results alone: the detections that free them still come", async () => {
  const { said, detect, judge, join, windows } = joinWithWindows(4);
  for (const id of ["a", "b", "c", "d"]) judge(id);
  expect(said).toEqual(["orphans full"]);
  for (const id of ["a", "b", "c", "d"]) detect(id);
  await until(() => join.size() === 0);
  expect(said).toContain("orphans room");
  expect([windows.orphans.messages(), windows.detections.messages()]).toEqual([0, 0]);
});

test("a frame's messages are acknowledged together, after its closing push", async () => {
  const { acknowledged, shown, detect, judge, join } = joinWithWindows(4);
  judge("a");
  detect("a");
  expect(acknowledged).toEqual([]);
  await until(() => join.size() === 0);
  expect(shown).toEqual(["a true"]);
  expect(acknowledged).toEqual(["result a", "detection a"]);
});

test("frames that wait are abandoned when their partition is handed over, those being closed are not", async () => {
  const { abandoned, acknowledged, detect, judge, join, windows } = joinWithWindows(9);
  detect("waits");
  judge("orphan");
  detect("complete");
  judge("complete");
  detect("elsewhere", 1);
  join.abandon([0, 2]);
  join.tick();
  await until(() => join.size() === 1);
  expect(abandoned.sort()).toEqual(["detection waits", "result orphan"]);
  expect(acknowledged).toEqual(["detection complete", "result complete"]);
  expect([windows.detections.messages(), windows.orphans.messages()]).toEqual([1, 0]);
});

test("frames of a lost partition are forgotten, unacknowledged: their new owner has them", () => {
  const { acknowledged, owned, detect, join, windows } = joinWithWindows(4);
  detect("a");
  owned.yes = false;
  join.forgetLost();
  expect([join.size(), windows.detections.messages(), acknowledged]).toEqual([0, 0, []]);
});
