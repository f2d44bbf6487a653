import { expect, test } from "vitest";
import { createTaskMemory } from "../../../src/runtime/scheduler/task-memory.ts";
import { aJob, aReceipt } from "./jobs.ts";

test("a repeat of an open task goes with it, a repeat of a finished one is acknowledged", () => {
  const memory = createTaskMemory();
  const job = aJob();
  const { taskId } = job.task;
  expect(memory.isRepeat(taskId, aReceipt())).toBe(false);
  memory.opened(job);
  const early = aReceipt();
  expect(memory.isRepeat(taskId, early)).toBe(true);
  expect([early.acknowledged, job.receipts.length]).toEqual([0, 2]);
  memory.done(job);
  const late = aReceipt();
  expect(memory.isRepeat(taskId, late)).toBe(true);
  expect([late.acknowledged, job.receipts.length]).toEqual([1, 2]);
});

test("finished tasks are remembered up to the limit of each partition, open ones without limit", () => {
  const memory = createTaskMemory(2);
  const jobs = [aJob(), aJob(), aJob()];
  const open = aJob();
  memory.opened(open);
  for (const job of jobs) {
    memory.opened(job);
    memory.done(job);
  }
  const repeats = jobs.map((job) => memory.isRepeat(job.task.taskId, aReceipt()));
  expect(repeats).toEqual([false, true, true]);
  expect(memory.isRepeat(open.task.taskId, aReceipt())).toBe(true);
});

test("a task given up to another owner is new when it comes back", () => {
  const memory = createTaskMemory();
  const job = aJob();
  memory.opened(job);
  memory.forget(job);
  expect(memory.isRepeat(job.task.taskId, aReceipt())).toBe(false);
});
