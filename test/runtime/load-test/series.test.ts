import { expect, it } from "vitest";
import { seriesOf } from "../../../src/runtime/load-test/series.ts";
import { noObservations, type ResultObservation } from "../../../src/runtime/report/observations.ts";

const startedAt = 1_000_000;
const sample = (atMs: number, pushed: number) => ({
  atMs,
  rate: 2,
  sent: 4,
  results: pushed,
  pushed,
  open: 4 - pushed,
  lag: 1,
});

it("a latency belongs to the time its frame was due in, however long it took and whenever samples were taken", () => {
  const seen = noObservations();
  for (const [index, [dueMs, ms]] of [
    [100, 5_000],
    [1_400, 200],
    [1_600, 300],
  ].entries()) {
    const taskId = `m${index}_group1`;
    const capturedAt = startedAt + dueMs!;
    seen.results.set(taskId, { status: "assessed", trace: { capturedAt } } as ResultObservation);
    seen.pushed.set(taskId, { at: capturedAt + ms!, times: 1 });
  }
  const series = seriesOf([sample(1_500, 1), sample(3_500, 3), sample(4_500, 3)], seen, startedAt);
  expect(series.p50).toEqual([200, 300, null]);
  expect(series.p95).toEqual([5_000, 300, null]);
  expect(series.pushed).toEqual([1_000 / 1_500, 1, 0]);
  expect(series.open).toEqual([3, 1, 1]);
});
