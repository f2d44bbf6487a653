import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limitSpending, resolveProvider, withDetectorModel } from "../config/checks.ts";
import type { Config } from "../config/config.ts";
import type { ConfigFlags } from "../config/load.ts";
import { simulatedCameras } from "../config/sections/cameras.ts";
import { parseDuration } from "../config/units.ts";
import { TmonError } from "../errors.ts";
import type { KindScore } from "../runtime/score/compare.ts";
import { runScore, type Score } from "../runtime/score/score.ts";
import { counted } from "./counted.ts";
import { releaseOnCrash } from "./crash.ts";
import { formatTable, say, writeLine } from "./output.ts";
import { sayProvider } from "./provider.ts";
import { interruptedBySignal } from "./reading.ts";
import { createTerminalLog, loadSettings } from "./settings.ts";
import { modelFacts, modelText, sayCameras } from "./simulation.ts";
import { formatAge } from "./time.ts";

export interface ScoreWishes {
  seed: number;
  cameras: number;
  duration: string;
  minRecall?: string | undefined;
  minPrecision?: string | undefined;
  output: string;
}

/** `tmon score`: how much of the scripted dangers is told; ends with 1 below a threshold, 3 if there was nothing to tell. */
export async function showScore(wishes: ScoreWishes, flags: ConfigFlags): Promise<void> {
  const forMs = parseDuration(wishes.duration, "--for", 10_000);
  const least = {
    recall: parseShare(wishes.minRecall, "--min-recall"),
    precision: parseShare(wishes.minPrecision, "--min-precision"),
  };
  const dataDir = await mkdtemp(join(tmpdir(), "tmon-score-"));
  const forget = releaseOnCrash(() => rm(dataDir, { recursive: true, force: true }));
  const signal = interruptedBySignal();
  try {
    const config = configure(wishes, flags, dataDir);
    sayCameras(config);
    sayProvider(config);
    say(`tmon: score runs: ${wishes.duration}`);
    const score = await runScore({ config, forMs, signal, log: await createTerminalLog(config) });
    await show(score, wishes);
    conclude(score, least);
  } catch (error) {
    // What a signal cut short has failed by that.
    if (!signal.aborted) throw error;
  } finally {
    forget();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/**
 * Bus and store are its own, whatever is configured: invented roads are nobody else's. All of the run is kept until it
 * is compared.
 */
function configure({ seed, cameras }: ScoreWishes, flags: ConfigFlags, dataDir: string): Config {
  const { config } = loadSettings({ ...flags, bus: "embedded", store: "embedded", dataDir, port: 0 });
  const watching = {
    ...config,
    bus: { ...config.bus, retentionMs: Number.POSITIVE_INFINITY, retentionBytes: Number.POSITIVE_INFINITY },
    cameras: simulatedCameras(cameras, config.detector.intervalMs, seed),
    web: { ...config.web, host: "127.0.0.1", streams: { ...config.web.streams, hosts: [] } },
    logLevel: flags.logLevel === undefined ? ("warn" as const) : config.logLevel,
  };
  return withDetectorModel(limitSpending(resolveProvider(watching, { standIn: true })));
}

async function show(score: Score, { seed, output }: ScoreWishes): Promise<void> {
  if (output === "json") {
    const kinds = score.kinds.map(({ kind, score }) => ({ kind, judged: score !== undefined, ...score }));
    return writeLine(JSON.stringify({ seed, ...score, ...modelFacts(score.model), kinds }, null, 2));
  }
  const rows = score.kinds.map(({ kind, score }) => [kind, ...(score ? cellsOf(score) : ["not judged"])]);
  const head = ["KIND", "DANGERS", "LOOKED AT", "RECALL", "INCIDENTS", "PRECISION", "P50", "P95", "CALLS"];
  const vlm = score.vlm.simulated ? "simulated" : score.vlm.model;
  await writeLine(`detector model: ${modelText(score.model)}; VLM: ${vlm}`);
  await writeLine(formatTable(head, [...rows, ["all judged", ...cellsOf(score.all)]]));
  say(`tmon: ${score.vlm.calls} calls in all; P50 and P95: from a danger's beginning to its alert`);
  if (score.vlm.simulated)
    say("tmon: judged by the simulated provider, from boxes: this measures the plumbing, not a VLM");
}

function cellsOf(score: KindScore): string[] {
  const { dangers, lookedAt, recall, incidents, precision, timeToAlertMs, calls } = score;
  const ms = (value: number | null) => (value === null ? "-" : formatAge(value));
  const share = (value: number | null) => (value === null ? "-" : value.toFixed(2));
  const { p50, p95 } = timeToAlertMs;
  return [
    ...[String(dangers), String(lookedAt), share(recall), String(incidents), share(precision)],
    ...[ms(p50), ms(p95), String(calls)],
  ];
}

type Least = Record<"recall" | "precision", number | undefined>;

/** Of fewer dangers a single one decides. */
const fewDangers = 5;

function conclude({ all }: Score, least: Least): void {
  if ((least.recall ?? least.precision) !== undefined && all.dangers < fewDangers)
    say(`tmon: only ${counted(all.dangers, "danger")} to judge thresholds by: let it run longer`);
  for (const figure of ["recall", "precision"] as const) {
    const [wanted, actual] = [least[figure], all[figure]];
    if (wanted === undefined || (actual !== null && actual >= wanted)) continue;
    const why = actual === null ? "there was nothing to measure it by: let it run longer" : `it is ${actual}`;
    say(`tmon: ${figure} of at least ${wanted} was asked for; ${why}`);
    process.exitCode ??= actual === null ? 3 : 1;
  }
}

function parseShare(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new TmonError("TMON_USAGE", `${flag} is "${text}"`, "write a number from 0 to 1, as 0.8");
}
