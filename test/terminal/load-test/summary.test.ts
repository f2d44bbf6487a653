import { describe, expect, it } from "vitest";
import type { LoadReport } from "../../../src/runtime/load-test/load-test.ts";
import { parseSlo } from "../../../src/runtime/load-test/slo.ts";
import { objectivesTable, remarks } from "../../../src/terminal/load-test/summary.ts";

const steady = {
  profile: "steady",
  rate: 50,
  keptUpAt: null,
  brokeAt: null,
  sentLateMs: { p95: 20, max: 1_400 },
  ...{ due: 100, dropped: 0 },
};

function said(load: object, incomplete: string | null = null): string[] {
  return remarks({ load: { ...steady, ...load }, incomplete } as LoadReport);
}

describe("what is said of a run", () => {
  it("nothing of one that went as it was to", () => {
    expect(said({})).toEqual([]);
  });

  it("of steps the last that went well, and the first that did not", () => {
    expect(said({ profile: "step", keptUpAt: 200, brokeAt: 250 })).toEqual([
      "it kept up at 200 a second",
      "it no longer kept up at 250 a second",
    ]);
    expect(said({ profile: "step", keptUpAt: 500 })[1]).toMatch(/no step was too much/);
  });

  it("that the detector was too slow for the cameras", () => {
    expect(said({ dropped: 40 })).toEqual([
      "the detector dropped 40 of 100 frames: it is too slow for --rate 50",
    ]);
  });

  it("that the load itself came late, and that not all could be seen", () => {
    expect(said({ sentLateMs: { p95: 20_000, max: 24_310 } }, "no bus")).toEqual([
      "frames were sent up to 24.3 s late: bus or machine did not take them at --rate 50",
      "the run is incomplete: no bus",
    ]);
  });
});

it("a missed objective says by how much", () => {
  const slo = [
    { expression: "lost=0", actual: 3, passed: false },
    { expression: "endToEndMs.p95<2000", actual: 2_000, passed: false },
    { expression: "vlm.successRate>=0.99", actual: null, passed: false },
    { expression: "lag.max<1000", actual: 12, passed: true },
  ];
  const asked = slo.flatMap(({ expression }) => parseSlo(expression));
  const [, ...lines] = objectivesTable({ slo } as LoadReport, asked).split("\n");
  expect(lines.map((line) => line.replace(/\s{2,}/g, " | "))).toEqual([
    "lost=0 | 3 | FAILED, by 3",
    "endToEndMs.p95<2000 | 2000 | FAILED, which it just reaches",
    "vlm.successRate>=0.99 | - | FAILED, not measured",
    "lag.max<1000 | 12 | passed",
  ]);
});
