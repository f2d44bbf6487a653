/**
 * What `tmon top` takes of a core, at both sizes, while 50 frames a second go through the pipeline and while nothing does.
 *
 *   node --import tsx bench/top.ts [embedded] [kafka] [--seconds 30] [--json]     (npm run build first)
 *
 * top runs in tmux; kafka: one real broker and a Redis. Counted is the CPU time of top's process, its threads included,
 * after ten seconds. Ends with 1 unless all are under 5 %.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { execa } from "execa";
import { type BusName, buses, startServers } from "./scheduler/servers.ts";
import { startProcess } from "./support/processes.ts";

const program = fileURLToPath(new URL("../bin/run.js", import.meta.url));
const sizes = [
  [80, 24],
  [200, 60],
] as const;
const framesPerSecond = 50;
const warmUpMs = 10_000;
const mostPercent = 5;
/** Of /proc/PID/stat: CPU time is told in hundredths of a second. */
const ticksPerSecond = 100;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "30" }, json: { type: "boolean", default: false } },
});
const measuredMs = Number(flags.seconds) * 1_000;

interface Row {
  bus: BusName;
  size: string;
  frames: number;
  percent: number;
  load: string;
}
const rows: Row[] = [];
for (const bus of buses.filter((name) => positionals.length === 0 || positionals.includes(name))) {
  const directory = mkdtempSync(join(tmpdir(), "tmon-top-"));
  const servers = await startServers(bus, directory);
  const env = { TMON_DATA_DIR: directory, ...servers.env };
  for (const frames of [0, framesPerSecond]) {
    process.stderr.write(`${bus}, ${frames} frames/s …\n`);
    const pipeline = startPipeline(directory, frames, env);
    await pipeline.says(/runs|sent/);
    for (const [columns, height] of sizes) {
      const percent = await measure(directory, columns, height, env);
      rows.push({ bus, size: `${columns}x${height}`, frames, percent, load: loadavg()[0]!.toFixed(1) });
    }
    pipeline.kill("SIGTERM");
    await pipeline.ended;
  }
  await servers.stop();
  rmSync(directory, { recursive: true, force: true });
}
if (flags.json) console.log(JSON.stringify(rows));
else {
  const table = new Table({ head: ["bus", "frames/s", "size", "% of a core", "load"] });
  for (const { bus, frames, size, percent, load } of rows) table.push([bus, frames, size, percent, load]);
  console.log(table.toString());
}
process.exitCode = rows.every(({ percent }) => percent < mostPercent) ? 0 : 1;

/** All roles in one process; without frames they idle. */
function startPipeline(directory: string, frames: number, env: Record<string, string>) {
  const seconds = (sizes.length * (warmUpMs + measuredMs)) / 1_000 + 60;
  const load = ["load-test", "--rate", String(frames), "--for", `${seconds}s`];
  const idle = ["up", "--camera", "sim:junction", "--interval", "1h", "--port", "0"];
  const args = [program, ...(frames > 0 ? load : idle), "--vlm", "sim"];
  return startProcess(process.execPath, args, { log: join(directory, `pipeline-${frames}.log`), env });
}

async function measure(directory: string, columns: number, rows: number, env: Record<string, string>) {
  const { PATH = "", HOME = "" } = process.env;
  const socket = join(directory, `tmux-${columns}`);
  const tmux = (...words: string[]) =>
    execa("tmux", ["-S", socket, "-f", "/dev/null", ...words], {
      env: { PATH, HOME, LANG: "C.UTF-8", ...env },
      extendEnv: false,
    });
  const size = ["-x", String(columns), "-y", String(rows)];
  await tmux("new-session", "-d", ...size, `exec '${process.execPath}' '${program}' top`);
  const { stdout: pid } = await tmux("display-message", "-p", "#{pane_pid}");
  await delay(warmUpMs);
  const before = cpuSeconds(pid);
  const since = performance.now();
  await delay(measuredMs);
  const used = cpuSeconds(pid) - before;
  const percent = (100_000 * used) / (performance.now() - since);
  await tmux("kill-server");
  return Number(percent.toFixed(1));
}

function cpuSeconds(pid: string): number {
  // The name may hold blanks; utime and stime are the 14th and 15th field. Source: proc(5).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
