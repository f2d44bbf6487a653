import { constants, existsSync, statSync } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { messageOf, TmonError } from "../errors.ts";
import { countUnreadLost, describeRun, processUse } from "../runtime/report/circumstances.ts";
import { makeReport, type Report } from "../runtime/report/report.ts";
import type { System } from "../runtime/system.ts";
import { counted } from "./counted.ts";
import { say } from "./output.ts";

export interface RunCircumstances {
  startedAt: number;
  endedAt: number;
  drained: boolean;
  version: string;
}

/**
 * Tries the report's file before the run: after ten minutes is too late to hear of a wrong name.
 * @throws TmonError TMON_USAGE
 */
export async function prepareReportFile(file: string): Promise<void> {
  const isThere = existsSync(file);
  if (file === "" || (isThere && statSync(file).isDirectory()))
    throw unwritable(`"${file}" is no file's name`);
  await explained(access(isThere ? file : dirname(resolve(file)), constants.W_OK));
}

/** Writes the report of an observed run, which has ended, to `file` and says the essence on stderr. */
export async function writeReport(file: string, system: System, run: RunCircumstances): Promise<void> {
  await saveReport(file, await reportOf(system, run));
}

export async function saveReport(file: string, report: Report): Promise<void> {
  await writeReportFile(file, `${JSON.stringify(report, null, 2)}\n`);
  say(`tmon: report ${file}: ${summarize(report)}`);
}

/** @throws TmonError TMON_USAGE */
export async function writeReportFile(file: string, text: string): Promise<void> {
  await explained(writeFile(file, text));
}

async function explained(attempt: Promise<void>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    throw unwritable(messageOf(error), error);
  }
}

function unwritable(why: string, cause?: unknown): TmonError {
  return new TmonError(
    "TMON_USAGE",
    `the report cannot be written: ${why}`,
    "name a file in a writable directory with --report",
    { cause },
  );
}

async function reportOf(
  { collector, config, detector, metrics }: System,
  run: RunCircumstances,
): Promise<Report> {
  if (!collector) throw new Error("a run without a collector has no report");
  const frames = detector?.frames() ?? { processed: 0, dropped: 0 };
  return makeReport(collector.seen, {
    run: describeRun(config, run.version),
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    cameras: { configured: config.cameras.length, live: detector?.liveCameras() ?? 0 },
    frames,
    lag: collector.lag(),
    incomplete: collector.incomplete(),
    process: processUse(),
    unreadLost: await countUnreadLost(metrics),
    drained: run.drained,
  });
}

/** The essence, in one line. */
export function summarize(report: Report): string {
  const { messages, results, lost, pending, duplicates, overheadMs, endToEndMs, incomplete } = report;
  return [
    ...(incomplete === null ? [] : [`incomplete (${incomplete})`]),
    counted(messages.tasks, "task"),
    `${counted(messages.results, "result")} (${Object.entries(results)
      .map(([status, count]) => `${count} ${status}`)
      .join(", ")})`,
    `lost ${lost}`,
    `pending ${pending}`,
    `duplicates ${duplicates}`,
    `end to end p95 ${endToEndMs.p95 ?? "-"} ms`,
    `overhead p95 ${overheadMs.p95 ?? "-"} ms`,
  ].join(", ");
}
