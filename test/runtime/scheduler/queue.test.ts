import { expect, test } from "vitest";
import type { Job } from "../../../src/runtime/scheduler/job.ts";
import { createQueue, type QueueOptions, type TaskQueue } from "../../../src/runtime/scheduler/queue.ts";
import { aJob } from "./jobs.ts";

const start = Date.parse("2026-11-23T08:00:00.000Z");

function aQueue(options: Partial<QueueOptions> = {}) {
  const ends: [Job, string][] = [];
  const queue = createQueue({
    maxAgeMs: 10_000,
    maxBytes: 1024 * 1024,
    weightOf: () => 1,
    ended: (job, end) => ends.push([job, end]),
    ...options,
  });
  return { queue, ends };
}

function takeAll(queue: TaskQueue, now = start): Job[] {
  const taken: Job[] = [];
  for (let at = now; ; at++) {
    const job = queue.take(at);
    if (!job) return taken;
    taken.push(job);
  }
}

const camerasOf = (jobs: Job[]) => jobs.map((job) => job.task.cameraId);

test("the camera whose last turn is oldest goes next, whatever waits at the others", () => {
  const { queue } = aQueue();
  for (const camera of ["a", "a", "a", "a", "b", "b", "c"]) queue.add(aJob({ camera, at: start }));
  expect(camerasOf(takeAll(queue))).toEqual(["a", "b", "c", "a", "b", "a", "a"]);
});

test("a camera keeps its turn's age while it has nothing waiting", () => {
  const { queue } = aQueue();
  queue.add(aJob({ camera: "a", at: start }));
  queue.add(aJob({ camera: "b", at: start }));
  takeAll(queue, start);
  queue.add(aJob({ camera: "b", at: start }));
  queue.add(aJob({ camera: "a", at: start }));
  expect(camerasOf(takeAll(queue, start + 100))).toEqual(["a", "b"]);
});

test("a camera of weight 2 gets twice the turns", () => {
  const { queue } = aQueue({ weightOf: (camera) => (camera === "heavy" ? 2 : 1) });
  for (let count = 0; count < 60; count++)
    for (const camera of ["heavy", "light"]) queue.add(aJob({ camera, at: start }));
  const first = camerasOf(takeAll(queue)).slice(0, 30);
  expect(first.filter((camera) => camera === "heavy").length).toBeGreaterThanOrEqual(18);
});

test("of one camera people among vehicles go first, then the freshest", () => {
  const { queue } = aQueue();
  const old = aJob({ at: start - 500 });
  const fresh = aJob({ at: start });
  const people = aJob({ at: start - 900, classes: ["person", "car"] });
  const pedestrians = aJob({ at: start, classes: ["person", "person"] });
  for (const job of [old, pedestrians, fresh, people]) queue.add(job);
  expect(takeAll(queue)).toEqual([people, fresh, old, pedestrians]);
});

test("a newer look supersedes the waiting one, by overlap of the boxes", () => {
  const { queue, ends } = aQueue();
  const first = aJob({ at: start, bbox: [0, 0, 100, 100] });
  const newer = aJob({ at: start + 1000, bbox: [10, 10, 110, 110] });
  const elsewhere = aJob({ at: start + 2000, bbox: [80, 80, 180, 180] });
  for (const job of [first, newer, elsewhere]) queue.add(job);
  expect(ends).toEqual([[first, "superseded"]]);
  expect(queue.size()).toBe(2);
});

test("an older look that comes late is the one superseded", () => {
  const { queue, ends } = aQueue();
  const newer = aJob({ at: start + 1000, bbox: [0, 0, 100, 100] });
  const older = aJob({ at: start, bbox: [0, 0, 100, 100] });
  queue.add(newer);
  queue.add(older);
  expect(ends).toEqual([[older, "superseded"]]);
  expect(takeAll(queue)).toEqual([newer]);
});

test("looks of one timestamp are ordered by messageId", () => {
  const { queue, ends } = aQueue();
  const second = aJob({ at: start, messageId: "m-2", bbox: [0, 0, 100, 100] });
  const first = aJob({ at: start, messageId: "m-1", bbox: [0, 0, 100, 100] });
  queue.add(second);
  queue.add(first);
  expect(ends).toEqual([[first, "superseded"]]);
});

test("with tracks, half of them in common are one group, whatever the boxes", () => {
  const { queue, ends } = aQueue();
  const first = aJob({ at: start, tracks: [1, 2], bbox: [0, 0, 100, 100] });
  const moved = aJob({ at: start + 1, tracks: [2, 3], bbox: [500, 0, 600, 100] });
  const others = aJob({ at: start + 2, tracks: [8, 9], bbox: [500, 0, 600, 100] });
  for (const job of [first, moved, others]) queue.add(job);
  expect(ends).toEqual([[first, "superseded"]]);
});

test("two groups of one frame, and groups of two cameras, never supersede each other", () => {
  const { queue, ends } = aQueue();
  const bbox = [0, 0, 100, 100] as const;
  queue.add(aJob({ at: start, messageId: "m-1", group: 1, bbox: [...bbox] }));
  queue.add(aJob({ at: start, messageId: "m-1", group: 2, bbox: [...bbox] }));
  queue.add(aJob({ at: start + 1, camera: "cam-2", bbox: [...bbox] }));
  expect(ends).toEqual([]);
  expect(queue.size()).toBe(3);
});

test("a task older than max_age expires instead of being taken; its camera keeps its turn", () => {
  const { queue, ends } = aQueue();
  const stale = aJob({ camera: "a", at: start - 10_001 });
  const fresh = aJob({ camera: "a", at: start });
  queue.add(stale);
  expect(queue.take(start)).toBeUndefined();
  queue.add(fresh);
  expect(queue.take(start)).toBe(fresh);
  expect(ends).toEqual([[stale, "expired"]]);
});

test("waiting tasks expire without a key being free", () => {
  const { queue, ends } = aQueue();
  const job = aJob({ at: start });
  queue.add(job);
  queue.expire(start + 10_000);
  expect(queue.size()).toBe(1);
  queue.expire(start + 10_001);
  expect(ends).toEqual([[job, "expired"]]);
  expect([queue.size(), queue.bytes()]).toEqual([0, 0]);
});

test("past its bytes the queue sheds the least valuable of the camera with the most waiting", () => {
  const { queue, ends } = aQueue({ maxBytes: 400 });
  const quiet = aJob({ camera: "quiet", at: start - 5000, bytes: 100 });
  const people = aJob({ camera: "busy", at: start - 900, bytes: 100, classes: ["person", "car"] });
  const old = aJob({ camera: "busy", at: start - 500, bytes: 100 });
  const fresh = aJob({ camera: "busy", at: start, bytes: 100 });
  const freshest = aJob({ camera: "busy", at: start + 1, bytes: 100 });
  for (const job of [quiet, people, old, fresh, freshest]) queue.add(job);
  expect(ends).toEqual([[old, "overloaded"]]);
  expect(queue.bytes()).toBe(400);
});

test("a task larger than the whole queue is shed and nothing else with it", () => {
  const { queue, ends } = aQueue({ maxBytes: 400 });
  queue.add(aJob({ camera: "a", bytes: 100 }));
  queue.add(aJob({ camera: "b", bytes: 401 }));
  expect(ends.map(([job, end]) => [job.task.cameraId, end])).toEqual([["b", "overloaded"]]);
});

test("removed tasks end without an end of their own", () => {
  const { queue, ends } = aQueue();
  const job = aJob({ camera: "a", at: start });
  queue.add(job);
  queue.add(aJob({ camera: "b", at: start }));
  expect(queue.remove((waiting) => waiting.task.cameraId === "a")).toEqual([job]);
  expect([queue.size(), ends.length]).toEqual([1, 0]);
});

test("the most tokens of a waiting task are known whatever was taken, however many wait", () => {
  const { queue } = aQueue({ maxBytes: Number.POSITIVE_INFINITY });
  const add = (tokens: number, camera: string) => queue.add({ ...aJob({ camera, at: start }), tokens });
  add(300, "a");
  add(700, "b");
  add(700, "c");
  expect(queue.mostTokens()).toBe(700);
  queue.remove((job) => job.task.cameraId === "b");
  expect(queue.mostTokens()).toBe(700);
  queue.remove((job) => job.task.cameraId === "c");
  expect(queue.mostTokens()).toBe(300);
  takeAll(queue);
  expect(queue.mostTokens()).toBe(0);
});
