import { describe, expect, it } from "vitest";
import { lineChart, ticks } from "../../../src/terminal/load-test/chart.ts";

describe("the report's charts", () => {
  it.each([
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [7, [0, 2, 4, 6, 8]],
    [100, [0, 20, 40, 60, 80, 100]],
    [1_234, [0, 500, 1_000, 1_500]],
  ])("up to %d have the ticks %j", (highest, expected) => {
    expect(ticks(highest)).toEqual(expected);
  });

  it("a line is broken where nothing was measured", () => {
    const svg = lineChart({
      seconds: [1, 2, 3, 4],
      lines: [{ name: "p95", values: [10, 20, null, 5] }],
      unit: "ms",
    });
    expect(svg.match(/ d="([^"]*)"/)?.[1]).toMatch(/^M\S+ \S+L\S+ \S+M\S+ \S+$/);
  });

  it("is drawn for a wide page and for a phone", () => {
    const svg = lineChart({ seconds: [1, 2], lines: [{ name: "p95", values: [1, 2] }], unit: "ms" });
    expect(svg.match(/<svg class="\w+" viewBox="0 0 \d+/g)).toEqual([
      '<svg class="wide" viewBox="0 0 720',
      '<svg class="narrow" viewBox="0 0 320',
    ]);
  });

  it("nothing measured at all is an empty chart", () => {
    expect(lineChart({ seconds: [], lines: [{ name: "p95", values: [] }], unit: "ms" })).not.toContain("NaN");
  });
});
