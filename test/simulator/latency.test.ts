import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seededRandom } from "../../src/simulator/random.ts";
import { createLatency, type Latency, readLatency } from "../../src/simulator/vlm/latency.ts";

function draw(latency: Latency, count: number, seed = 1): number[] {
  const next = createLatency(latency, seededRandom(seed));
  return Array.from({ length: count }, next);
}

const meanOf = (numbers: number[]) => numbers.reduce((sum, each) => sum + each) / numbers.length;
const medianOf = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

test.each([
  ["800ms", 800],
  ["1.5s", 1500],
  ["lognormal:1s,0.5", { median: 1000, sigma: 0.5 }],
  ["lognormal:mean=1s,0.5", { mean: 1000, sigma: 0.5 }],
])("%s is read", (text, latency) => {
  expect(readLatency(text, ".")).toEqual(latency);
});

test("a trace has a number of milliseconds a line, and stands beside what names it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tmon-trace-"));
  await writeFile(join(directory, "trace.txt"), "812\n1033.5\n\n");
  expect(readLatency("trace:trace.txt", directory)).toEqual({ trace: [812, 1033.5] });
  await writeFile(join(directory, "wrong.txt"), "812\nsoon\n");
  expect(() => readLatency("trace:wrong.txt", directory)).toThrow('has the line "soon"');
  expect(() => readLatency("trace:none.txt", directory)).toThrow("cannot be read");
});

test.each(["quick", "lognormal:1s", "lognormal:1s,x", "lognormal:,1", "normal:1s,1"])(
  "%s is refused",
  (text) => {
    expect(() => readLatency(text, ".")).toThrow(/^is not a /);
  },
);

test("a lognormal latency has the median told, or the mean", () => {
  expect(medianOf(draw({ median: 1000, sigma: 0.5 }, 10_001))).toBeCloseTo(1000, -2);
  expect(meanOf(draw({ mean: 1000, sigma: 0.5 }, 10_000))).toBeCloseTo(1000, -2);
});

test("a trace is played in order and goes round", () => {
  const played = draw({ trace: [1, 2, 3] }, 7);
  expect([...played, ...played].join("")).toContain("1231");
  expect(played[0]).toBe(played[3]);
});

test("the same seed draws the same latencies, another one others", () => {
  const latency = { median: 1000, sigma: 0.5 };
  expect(draw(latency, 5, 7)).toEqual(draw(latency, 5, 7));
  expect(draw(latency, 5, 8)).not.toEqual(draw(latency, 5, 7));
});
