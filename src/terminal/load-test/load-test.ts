import { requireModel, resolveProvider } from "../../config/checks.ts";
import type { Config } from "../../config/config.ts";
import type { ConfigFlags } from "../../config/load.ts";
import { parseDuration } from "../../config/units.ts";
import type { Origin } from "../../runtime/load-test/feed.ts";
import type { LoadReport, Target } from "../../runtime/load-test/load-test.ts";
import type { ProfileName } from "../../runtime/load-test/profile.ts";
import { parseSlo, type Slo } from "../../runtime/load-test/slo.ts";
import { releaseOnCrash } from "../crash.ts";
import { say, writeLine } from "../output.ts";
import { sayProvider } from "../provider.ts";
import { interruptedBySignal } from "../reading.ts";
import { prepareReportFile, saveReport, writeReportFile } from "../report-file.ts";
import { createTerminalLog, loadRunSettings } from "../settings.ts";
import { refuseAccidents } from "./accidents.ts";
import { reportPage } from "./page.ts";
import { showProgress } from "./progress.ts";
import { objectivesTable, remarks, summaryTable } from "./summary.ts";

export interface LoadTestWishes {
  target: Target;
  from: Origin;
  profile: ProfileName;
  rate: number;
  cameras: number;
  duration: string;
  slo?: string | undefined;
  report?: string | undefined;
  output: string;
  allowRemote: boolean;
}

/**
 * `tmon load-test`: sends rendered or invented frames, or tasks, and counts what comes of them. Ends with 1 if an objective is
 * missed; interrupted, it reports what there was and ends with 130 or 143.
 */
export async function loadTest(wishes: LoadTestWishes, flags: ConfigFlags, version: string): Promise<void> {
  const { target, from, cameras, report: file } = wishes;
  const forMs = parseDuration(wishes.duration, "--for", wishes.profile === "step" ? shortestStepsMs : 1_000);
  const profile = { name: wishes.profile, rate: wishes.rate, forMs };
  const slo = wishes.slo === undefined ? [] : parseSlo(wishes.slo);
  if (file !== undefined) for (const one of [file, pageOf(file)]) await prepareReportFile(one);
  const config = configure(wishes, flags);
  const signal = interruptedBySignal();
  signal.addEventListener("abort", () => say("tmon: finishing what is open; once more to stop at once"));
  const what = describe(wishes);
  say(`tmon: load-test runs: ${what}`);
  // It is large, and no command line that is refused needs it.
  const { runLoadTest } = await import("../../runtime/load-test/load-test.ts");
  const crashing = new AbortController();
  const progress = showProgress();
  const running = runLoadTest({
    ...{ config, target, from, profile, cameras, slo, version },
    signal: AbortSignal.any([signal, crashing.signal]),
    log: await createTerminalLog(config),
    progress: progress.show,
  });
  const forget = releaseOnCrash(async () => {
    crashing.abort();
    await running;
  });
  const run = await running.catch((error: unknown) => {
    // What a signal cut short has failed by that.
    if (!signal.aborted) throw error;
    return undefined;
  });
  forget();
  progress.end();
  if (!run) return;
  // First of all: a disk may be full by now.
  await show(run.report, slo, wishes.output);
  conclude(run.report);
  if (file === undefined) return;
  await saveReport(file, run.report);
  await writeReportFile(pageOf(file), reportPage(run, what));
  say(`tmon: the same with charts: ${pageOf(file)}`);
}

async function show(report: LoadReport, slo: readonly Slo[], output: string): Promise<void> {
  for (const remark of remarks(report)) say(`tmon: ${remark}`);
  if (output === "json") return writeLine(JSON.stringify(report));
  await writeLine(summaryTable(report));
  if (slo.length > 0) await writeLine(`\n${objectivesTable(report, slo)}`);
}

/** What could not be seen whole proves no objective. */
function conclude({ slo, incomplete }: LoadReport): void {
  if (slo.some(({ passed }) => !passed)) process.exitCode ??= 1;
  if (incomplete !== null) process.exitCode ??= 3;
}

/** An answer takes a second or two, and nobody keeps up before the first ones are there. */
const shortestStepsMs = 60_000;

/** Beside the JSON: load.json has its load.html. */
function pageOf(file: string): string {
  return `${file.replace(/\.json$/, "")}.html`;
}

function describe({ target, from, profile, rate, cameras, duration }: LoadTestWishes): string {
  const who = target === "self" ? "this process" : "the deployment";
  const what = from === "cameras" ? `${cameras} rendered cameras` : `${from} of ${cameras} cameras`;
  return `${profile}, ${what} for ${duration}, --rate ${rate}, judged by ${who}`;
}

function configure({ target, from, allowRemote }: LoadTestWishes, flags: ConfigFlags): Config {
  const settings = loadRunSettings(flags);
  // The test's cameras are its own, and invented groups no model has found.
  const model = from === "cameras" ? requireModel("rendered", settings).path : undefined;
  const loaded = { ...settings, cameras: [], detector: { ...settings.detector, model } };
  const config = target === "self" ? resolveProvider(loaded, { standIn: true }) : loaded;
  refuseAccidents(config, { target, allowRemote, spend: flags.spend });
  if (target === "self") sayProvider(config);
  return config;
}
