/**
 * The whole pipeline in one process on real video: `node --import tsx bench/up.ts [minutes]` (default 10).
 *
 * 8 cameras at 1 s on road.mp4, simulated provider at 800 ms. Overhead is capture to push less the open VLM
 * request, from the run's own report; memory is the resident set of the tmon process, sampled every second.
 */
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const minutes = Number(process.argv[2] ?? 10);
const root = fileURLToPath(new URL("..", import.meta.url));
const shared = (path: string) => fileURLToPath(new URL(`../../shared/${path}`, import.meta.url));
const directory = await mkdtemp(join(tmpdir(), "tmon-bench-"));
const report = join(directory, "report.json");
const program = join(root, "bin/run.js");

const cameras = Array.from({ length: 8 }, () => [
  "--camera",
  `file:${shared("videos/road.mp4")}?loop=1`,
]).flat();
const startedAt = Date.now();
const up = execa(
  process.execPath,
  [program, "up", ...cameras, "--model", shared("models/yolox_nano.onnx"), "--interval", "1s"].concat([
    "--data-dir",
    join(directory, "data"),
    "--port",
    "0",
    "--for",
    `${minutes * 60}s`,
    "--report",
    report,
  ]),
  { stdin: "ignore", reject: false },
);
const running = { yet: true };
up.finally(() => {
  running.yet = false;
});

const samples: { rss: number; anonymous: number }[] = [];
while (running.yet) {
  const memory = readMemory(up.pid as number);
  if (memory) samples.push(memory);
  await delay(1000);
}
const { exitCode, stderr } = await up;
if (exitCode !== 0) throw new Error(`up ended with ${exitCode}:\n${stderr}`);

const {
  messages,
  results,
  lost,
  duplicates,
  overheadMs,
  endToEndMs,
  stagesMs,
  frames,
  process: used,
} = JSON.parse(await readFile(report, "utf8"));
const steady = samples.slice(Math.min(60, Math.floor(samples.length / 4)));
const third = Math.max(1, Math.floor(steady.length / 3));
const mean = (part: typeof samples, of: "rss" | "anonymous") =>
  part.reduce((sum, sample) => sum + sample[of], 0) / part.length / 1e6;

const first = await firstVerdictAt();
const figures = {
  minutes,
  frames,
  messages,
  results,
  lost,
  duplicates,
  endToEndP95Ms: endToEndMs.p95,
  overheadMs,
  stagesP95Ms: Object.fromEntries(
    Object.entries(stagesMs).map(([stage, ms]) => [stage, (ms as { p95: number }).p95]),
  ),
  startToFirstVerdictMs: first === undefined ? null : first - startedAt,
  rssMaxMB: Math.round(Math.max(...samples.map(({ rss }) => rss)) / 1e6),
  rssFirstThirdMB: Math.round(mean(steady.slice(0, third), "rss")),
  rssLastThirdMB: Math.round(mean(steady.slice(-third), "rss")),
  anonymousFirstThirdMB: Math.round(mean(steady.slice(0, third), "anonymous")),
  anonymousLastThirdMB: Math.round(mean(steady.slice(-third), "anonymous")),
  cpuCores: Number((used.cpuSeconds / (minutes * 60)).toFixed(2)),
};
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
rmSync(directory, { recursive: true, force: true });

/** Bytes, from /proc; undefined once the process is gone. */
function readMemory(pid: number): { rss: number; anonymous: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
    return { rss: of("VmRSS"), anonymous: of("RssAnon") };
  } catch {
    return undefined;
  }
}

/** When the bus took the first result, epoch ms. */
async function firstVerdictAt(): Promise<number | undefined> {
  const args = ["tail", "risk-assessment-results", "--from", "earliest", "--until-end", "-o", "json"];
  const { stdout } = await execa(process.execPath, [program, ...args, "--data-dir", join(directory, "data")]);
  const times = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line).timestamp as number);
  return times.length === 0 ? undefined : Math.min(...times);
}
