import { describe, expect, it } from "vitest";
import { TmonError } from "../../../src/errors.ts";
import { judge, parseSlo } from "../../../src/runtime/load-test/slo.ts";
import type { Report } from "../../../src/runtime/report/report.ts";

const report = {
  endToEndMs: { p50: 900, p95: 2_000, p99: null, max: null },
  vlm: { successRate: 0.995 },
  lost: 0,
} as unknown as Report;

describe("--slo", () => {
  it.each([
    ["endToEndMs.p95<2000", 2_000, false],
    ["endToEndMs.p95<=2000", 2_000, true],
    ["vlm.successRate>=0.99", 0.995, true],
    ["vlm.successRate > 0.999", 0.995, false],
    ["lost=0", 0, true],
    ["endToEndMs.p99<100", null, false],
  ])("%s of %s: %s", (expression, actual, passed) => {
    expect(judge(parseSlo(expression), report)).toEqual([{ expression, actual, passed }]);
  });

  it("takes several", () => {
    const judged = judge(parseSlo("lost=0, endToEndMs.p50<100"), report);
    expect(judged.map(({ passed }) => passed)).toEqual([true, false]);
  });

  it.each([
    ["endToEndMs.p95", "is no objective"],
    ["", "is no objective"],
    ["lost==0", "is no objective"],
    ["lost<none", "is no objective"],
    ["endToEnd.p95<2000", "the report has no figure endToEnd.p95"],
    ["run.cores>1", "the report has no figure run.cores"],
  ])("%s is refused before the run", (text, why) => {
    expect(() => parseSlo(text)).toThrow(TmonError);
    expect(() => parseSlo(text)).toThrow(why);
  });

  it.each([
    ["p95", "endToEndMs.p95"],
    ["endToEndMs", "endToEndMs.p95"],
    ["endtoendms.P99", "endToEndMs.p99"],
    ["vlm.sucessRate", "vlm.successRate"],
    ["los", "lost"],
  ])("of %s it says the nearest figure", (path, figure) => {
    expect(() => parseSlo(`${path}<1`)).toThrow(
      expect.objectContaining({ todo: expect.stringContaining(`did you mean ${figure}?`) }),
    );
  });
});
