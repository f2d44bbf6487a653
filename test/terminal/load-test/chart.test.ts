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
    const svg = lineChart([1, 2, 3, 4], [{ name: "p95", values: [10, 20, null, 5] }], "ms");
    expect(svg.match(/ d="([^"]*)"/)?.[1]).toMatch(/^M\S+ \S+L\S+ \S+M\S+ \S+$/);
  });

  it("nothing measured at all is an empty chart", () => {
    expect(lineChart([], [{ name: "p95", values: [] }], "ms")).not.toContain("NaN");
  });
});
