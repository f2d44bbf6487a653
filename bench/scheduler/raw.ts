/**
 * What the scheduler itself costs: no limits, no latency, pictures of 30 KB. Beside it a bare undici loop that posts
 * bodies built before, with the same pool settings, to the same provider.
 *
 *   npm run build && node --import tsx bench/scheduler/raw.ts [--rounds 5] [--tasks 5000] [--open 128]
 *     [--latency 1000 ms] [--json]
 *
 *   messages   the bare loop that also reads tasks and answers and writes bodies and results, and nothing more: what no
 *              scheduler can do without
 *   memory     the role on a bus in memory, which makes a message when it hands it out and forgets what is written:
 *              what the scheduler costs, and what is judged
 *   embedded   the role on the embedded bus, which another process writes to
 *   held       2,000 calls held open by a provider that takes 1 s, on the bus in memory: peak resident set, judged.
 *              A machine that cannot start 2,000 calls a second needs more latency to have them open at once
 *
 * Each side is a process of its own, and so is the provider. Rounds take turns. Figures are tasks for each second of
 * CPU that the side's process takes, garbage collection included: medians. Ends with 1 when one falls short.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { median } from "../bus/figures.ts";
import { openFeed } from "./raw/feed.ts";
import { answerOf, type Round, startProgram, startSide } from "./raw/side.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    tasks: { type: "string", default: "5000" },
    open: { type: "string", default: "128" },
    latency: { type: "string", default: "1000" },
    json: { type: "boolean", default: false },
  },
});
const tasks = Number(flags.tasks);
const open = Number(flags.open);
/** A bare loop's half; three times what the Python scheduler of the first deployment did; a gigabyte. */
const asked = { ofBare: 0.5, perCpuSecond: 3 * 1_039, heldRssBytes: 1e9 };
/** Before anything is measured: until then it is the compilers that are. */
const warmUpTasks = 15_000;
const held = { tasks: 15_000, ahead: 4_000, latencyMs: Number(flags.latency) };
const directory = mkdtempSync(join(tmpdir(), "tmon-raw-"));
process.once("exit", () => rmSync(directory, { recursive: true, force: true }));

const names = ["bare", "messages", "memory", "embedded"] as const;
type Rounds = Record<(typeof names)[number], Round[]>;

const speeds = await measureSpeeds();
const heldOpen = await measureHeld();
process.exitCode = report() ? 0 : 1;

async function measureSpeeds(): Promise<Rounds> {
  const { provider, url } = await startProvider(0);
  const role = (bus: "memory" | "embedded") =>
    startSide("role", { directory: join(directory, bus), provider: url, bus, ahead: open });
  const sides = {
    bare: await startSide("bare", { provider: url, open }),
    messages: await startSide("messages", { provider: url, open }),
    memory: await role("memory"),
    embedded: await role("embedded"),
  };
  const feed = await openFeed(join(directory, "embedded"));
  const figures: Rounds = { bare: [], messages: [], memory: [], embedded: [] };
  const run = async (name: keyof Rounds, count: number) => {
    const feeding = name === "embedded" ? feed.write(count) : undefined;
    const round = await sides[name].run(count);
    await feeding;
    return round;
  };
  for (const name of names) await run(name, warmUpTasks);
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const name of names) figures[name].push(await run(name, tasks));
  await Promise.all(names.map((name) => sides[name].stop()));
  await feed.close();
  provider.disconnect();
  return figures;
}

async function measureHeld(): Promise<Round> {
  const { provider, url } = await startProvider(held.latencyMs);
  const options = { directory: join(directory, "held"), provider: url, bus: "memory", ahead: held.ahead };
  const role = await startSide("role", options);
  const round = await role.run(held.tasks);
  await role.stop();
  provider.disconnect();
  return round;
}

async function startProvider(latencyMs: number) {
  const provider = startProgram("provider", { latencyMs });
  return { provider, url: (await answerOf(provider)) as string };
}

/** True if all that was asked is there. */
function report(): boolean {
  const perCpuSecond = (name: keyof Rounds) => median(speeds[name].map((round) => round.perCpuSecond));
  const ofBare = (name: keyof Rounds) =>
    median(speeds[name].map((round, index) => round.perCpuSecond / speeds.bare[index]!.perCpuSecond));
  const figures = names.map((name) => ({
    name,
    perCpuSecond: Math.round(perCpuSecond(name)),
    perSecond: Math.round(median(speeds[name].map((round) => round.perSecond))),
    ofBare: Number(ofBare(name).toFixed(2)),
  }));
  const { mostOpen, peakRssBytes } = heldOpen;
  if (flags.json) console.log(JSON.stringify({ tasks, open, figures, held: { mostOpen, peakRssBytes } }));
  else {
    const table = new Table({ head: ["", "tasks/CPU second", "tasks/s", "of bare"] });
    for (const row of figures) table.push([row.name, row.perCpuSecond, row.perSecond, row.ofBare]);
    console.log(table.toString());
    console.log(`held: ${mostOpen} calls open, peak resident set ${Math.round(peakRssBytes / 1e6)} MB`);
  }
  return (
    ofBare("memory") >= asked.ofBare &&
    perCpuSecond("memory") >= asked.perCpuSecond &&
    mostOpen >= 2_000 &&
    peakRssBytes < asked.heldRssBytes
  );
}
