import fc from "fast-check";
import { expect, test } from "vitest";
import type { Job } from "../../src/runtime/scheduler/job.ts";
import { createQueue } from "../../src/runtime/scheduler/queue.ts";
import { aJob } from "../runtime/scheduler/jobs.ts";

const start = Date.parse("2026-11-24T08:00:00.000Z");

test("each task added ends once: taken, superseded, expired, left out for want of memory, or removed", () => {
  const step = fc.record({
    do: fc.constantFrom("add" as const, "add" as const, "add" as const, "take" as const, "expire" as const),
    camera: fc.nat({ max: 4 }),
    group: fc.nat({ max: 2 }),
    ageMs: fc.nat({ max: 12_000 }),
    afterMs: fc.nat({ max: 3_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const ends = new Map<string, number>();
      const note = (job: Job) => void ends.set(job.task.taskId, (ends.get(job.task.taskId) ?? 0) + 1);
      const queue = createQueue({ maxAgeMs: 10_000, maxBytes: 12_000, weightOf: () => 1, ended: note });
      let now = start;
      let added = 0;
      for (const { do: what, camera, group, ageMs, afterMs } of steps) {
        now += afterMs;
        if (what === "add") {
          added += 1;
          const bbox: [number, number, number, number] = [group * 100, 0, group * 100 + 50, 50];
          queue.add(aJob({ camera: `cam-${camera}`, at: now - ageMs, bbox, bytes: 1_000 }));
        } else if (what === "take") {
          const job = queue.take(now);
          if (job) note(job);
        } else queue.expire(now);
        expect(queue.bytes()).toBeLessThanOrEqual(12_000);
      }
      for (const job of queue.remove(() => true)) note(job);
      expect([...ends.values()].reduce((sum, count) => sum + count, 0)).toBe(added);
      expect([...ends.values()].every((count) => count === 1)).toBe(true);
      expect([queue.size(), queue.bytes()]).toEqual([0, 0]);
    }),
    { numRuns: 60 },
  );
});

test("no camera with work waiting goes unseen for more than three times its fair turn", () => {
  const weightsArbitrary = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(weightsArbitrary, fc.infiniteStream(fc.nat({ max: 3 })), (each, more) => {
      const weights = new Map(each.map((weight, index) => [`cam-${index}`, weight]));
      const total = each.reduce((sum, weight) => sum + weight, 0);
      const queue = createQueue({
        maxAgeMs: 1e9,
        maxBytes: 1e9,
        weightOf: (id) => weights.get(id)!,
        ended: () => {},
      });
      const add = (camera: string, at: number) => queue.add(aJob({ camera, at }));
      const seenAt = new Map([...weights.keys()].map((id) => [id, 0]));
      for (const id of weights.keys()) add(id, start);
      for (let turn = 1; turn <= 6 * total; turn++) {
        const { cameraId } = queue.take(start + turn)!.task;
        seenAt.set(cameraId, turn);
        for (let count = 0; count <= more.next().value; count++) add(cameraId, start + turn);
        for (const [id, weight] of weights)
          expect(turn - seenAt.get(id)!).toBeLessThanOrEqual(3 * Math.max(each.length, total / weight));
      }
    }),
    { numRuns: 40 },
  );
});
