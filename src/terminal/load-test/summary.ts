import type { LoadReport } from "../../runtime/load-test/load-test.ts";
import type { Slo } from "../../runtime/load-test/slo.ts";
import type { Percentiles } from "../../runtime/report/percentiles.ts";
import { formatTable } from "../output.ts";

/** The run's figures as a person wants them first. */
export function summaryTable(report: LoadReport): string {
  const { load, messages, results, vlm, lag, lost, pending, repeats, duplicates } = report;
  const valid = vlm.successRate === null ? "-" : `${number(vlm.successRate * 100)} %`;
  return formatTable(
    ["FIGURE", "ACTUAL"],
    [
      ["frames", `${load.due} due, ${load.sent} sent`],
      ["verdicts", `${number(vlm.throughputPerSecond)} a second`],
      ["end to end", percentilesText(report.endToEndMs)],
      ["without the VLM", percentilesText(report.overheadMs)],
      ["tasks", `${messages.tasks}, of them ${countsText(results)}`],
      ["lost, pending", `${lost}, ${pending}`],
      ["repeats, duplicates", `${repeats}, ${duplicates}`],
      ["VLM", `${vlm.requests} requests, ${valid} of them answered, ${vlm.throttled} throttled`],
      ["cost", `${number(vlm.costYuan)} yuan`],
      ["lag", `${lag.max} at most, ${lag.final} in the end`],
    ],
  );
}

/** What is wrong with the run itself, or was found out by it. */
export function remarks({ load, incomplete }: LoadReport): string[] {
  const { profile, rate, keptUpAt, brokeAt, sentLateMs, due, dropped } = load;
  const found: string[] = [];
  if (keptUpAt !== null) found.push(`it kept up at ${keptUpAt} a second`);
  if (brokeAt !== null) found.push(`it no longer kept up at ${brokeAt} a second`);
  if (profile === "step" && keptUpAt !== null && brokeAt === null)
    found.push("no step was too much: a higher --rate goes further");
  const { p95, max } = sentLateMs;
  if (p95 !== null && max !== null && p95 > muchLateMs) {
    found.push(
      `frames were sent up to ${number(max / 1000)} s late: bus or machine did not take them at --rate ${rate}`,
    );
  }
  if (dropped > 0)
    found.push(`the detector dropped ${dropped} of ${due} frames: it is too slow for --rate ${rate}`);
  if (incomplete !== null) found.push(`the run is incomplete: ${incomplete}`);
  return found;
}

/** Of more than one frame in twenty; less is a moment's hesitation. */
const muchLateMs = 1_000;

export function objectivesTable({ slo }: LoadReport, asked: readonly Slo[]): string {
  const rows = slo.map(({ expression, actual, passed }, index) => [
    expression,
    actual === null ? "-" : number(actual),
    passed ? "passed" : `FAILED, ${missedBy(actual, asked[index]!.bound)}`,
  ]);
  return formatTable(["OBJECTIVE", "ACTUAL", ""], rows);
}

function missedBy(actual: number | null, bound: number): string {
  if (actual === null) return "not measured";
  return actual === bound ? "which it just reaches" : `by ${number(Math.abs(actual - bound))}`;
}

function percentilesText({ p50, p95, p99, max }: Percentiles): string {
  if (p50 === null) return "-";
  return `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, max ${max} ms`;
}

function countsText(results: LoadReport["results"]): string {
  return Object.entries(results)
    .map(([status, count]) => `${count} ${status}`)
    .join(", ");
}

const number = (value: number) => String(Number(value.toFixed(Math.abs(value) < 1 ? 4 : 1)));
