import { pino } from "pino";
import { expect, test } from "vitest";
import { createDailySpend } from "../../../src/runtime/scheduler/daily-spend.ts";

test("what many calls spend while the store goes away is all counted, and told once when it is back", async () => {
  let sum = 0;
  let away = false;
  const store = {
    now: () => Date.now(),
    increment: async (_: string, by: number) => {
      await Promise.resolve();
      if (away) throw new Error("away");
      sum += by;
      return sum;
    },
  };
  const daily = createDailySpend(store, "UTC", pino({ level: "silent" }));
  const first = Array.from({ length: 5 }, () => daily.add(100));
  await Promise.all(first);
  away = true;
  const later = await Promise.all(Array.from({ length: 5 }, () => daily.add(100)));
  expect(daily.sum()).toBe(1000);
  expect(Math.max(...later)).toBe(1000);
  away = false;
  expect(await daily.add(0)).toBe(1000);
  expect(sum).toBe(1000);
});

test("a sum told late by the store does not hide what is on its way to it", async () => {
  let sum = 0;
  const answers: (() => void)[] = [];
  const store = {
    now: () => Date.now(),
    increment: (_: string, by: number) => {
      sum += by;
      const told = sum;
      return new Promise<number>((resolve) => answers.push(() => resolve(told)));
    },
  };
  const daily = createDailySpend(store, "UTC", pino({ level: "silent" }));
  const adding = [daily.add(100), daily.add(100)];
  answers[0]?.();
  await adding[0];
  expect(daily.sum()).toBeGreaterThanOrEqual(200);
  answers[1]?.();
  await adding[1];
  expect(daily.sum()).toBe(200);
});
