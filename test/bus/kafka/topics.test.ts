import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Ask } from "../../../src/bus/kafka/aside.ts";
import { createTopics } from "../../../src/bus/kafka/topics.ts";
import { until } from "../../support/until.ts";

test("the topics are looked up one look at a time, however slow the cluster is", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const answers: (() => void)[] = [];
  const ask: Ask = () => new Promise((resolve) => answers.push(() => resolve(undefined as never)));
  const topics = createTopics(ask, ["t"], pino({ level: "silent" }));
  const deleted: (readonly string[])[] = [];
  topics.watch(0, (names) => deleted.push(names));
  onTestFinished(() => topics.close());
  vi.advanceTimersByTime(5_000);
  expect(answers).toHaveLength(1);
  answers[0]!();
  await until(() => deleted.length === 1);
  vi.advanceTimersByTime(5_000);
  expect(answers).toHaveLength(2);
});
