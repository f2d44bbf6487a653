import type { LoadReport, LoadTest } from "../../runtime/load-test/load-test.ts";
import type { Series } from "../../runtime/load-test/series.ts";
import type { Percentiles } from "../../runtime/report/percentiles.ts";
import type { Report } from "../../runtime/report/report.ts";
import { type Line, lineChart } from "./chart.ts";
import { style } from "./style.ts";
import { remarks } from "./summary.ts";

/** The report as a page that needs nothing but a browser. `what`: the load, in words. */
export function reportPage({ report, series }: LoadTest, what: string): string {
  const { run, startedAt, durationSeconds, slo } = report;
  const vlm = run.simulated ? "simulated VLM" : `VLM ${run.vlm}`;
  const parts = [
    "<h1>tmon load test</h1>",
    `<p>${escapeHtml(what)}</p>`,
    `<p class="quiet">${startedAt}, ${durationSeconds.toFixed(1)} s; ${run.bus} bus, ${run.store} store, ${escapeHtml(vlm)}; tmon ${run.version}, Node ${run.node}, ${run.cores} cores</p>`,
    ...remarks(report).map((remark) => `<p class="remark">${escapeHtml(capital(remark))}.</p>`),
    keyFigures(report),
    slo.length === 0 ? "" : `<h2>Objectives</h2>${objectives(slo)}`,
    ...charts(series),
    "<h2>Where the time went</h2>",
    stages(report),
    `<h2>All figures</h2><details><summary>JSON</summary><pre>${escapeHtml(JSON.stringify(report, null, 2))}</pre></details>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tmon load test, ${startedAt}</title>
<style>${style}</style>
</head>
<body>
${parts.filter(Boolean).join("\n")}
</body>
</html>
`;
}

function keyFigures(report: Report): string {
  const { messages, results, vlm, lost, pending, endToEndMs } = report;
  const figures: [string, string][] = [
    ["Verdicts a second", vlm.throughputPerSecond.toFixed(1)],
    ["End to end, p95", milliseconds(endToEndMs.p95)],
    ["Tasks", String(messages.tasks)],
    ["Assessed", String(results.assessed)],
    ["Failed", String(results.failed)],
    ["Expired, superseded", String(results.expired + results.superseded)],
    ["Lost", String(lost)],
    ["Pending", String(pending)],
  ];
  return `<dl>${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

function objectives(slo: Report["slo"]): string {
  const rows = slo.map(({ expression, actual, passed }) => {
    const verdict = passed ? "passed" : "failed";
    return [
      escapeHtml(expression),
      actual === null ? "-" : number(actual),
      `<span class="${verdict}">${verdict}</span>`,
    ];
  });
  return table(["Objective", "Actual", ""], rows);
}

function charts({ seconds, wanted, sent, pushed, p50, p95, open, lag }: Series): string[] {
  const chart = (title: string, unit: string, lines: readonly Line[]) =>
    `<h2>${title}</h2><figure>${lineChart({ seconds, lines, unit })}</figure>`;
  return [
    chart("Throughput", "a second", [
      { name: "verdicts pushed", values: pushed },
      { name: "frames sent", values: sent },
      { name: "to be sent", values: wanted, dashed: true },
    ]),
    chart("End to end, by the second a frame was due", "ms", [
      { name: "p50", values: p50 },
      { name: "p95", values: p95 },
    ]),
    chart("What was open", "messages", [
      { name: "tasks without a result", values: open },
      { name: "lag of the slowest group", values: lag },
    ]),
  ];
}

function stages({ load, stagesMs, overheadMs, endToEndMs }: LoadReport): string {
  const { detect, ...others } = stagesMs;
  const named = {
    ...{ [load.from === "cameras" ? "detect" : "sent late"]: detect, ...others },
    ...{ "without the VLM": overheadMs, "end to end": endToEndMs },
  };
  const rows = Object.entries(named).map(([name, { p50, p95, p99, max }]: [string, Percentiles]) => [
    name,
    ...[p50, p95, p99, max].map(milliseconds),
  ]);
  return table(["", "p50", "p95", "p99", "max"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
  return `<div class="scroll"><table>${cells("th", head)}${rows.map((row) => cells("td", row)).join("")}</table></div>`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const number = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 3 });

const milliseconds = (ms: number | null) => (ms === null ? "-" : `${number(Math.round(ms))} ms`);

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character]!);
