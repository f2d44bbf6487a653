/**
 * What the scheduler adds to a call: from the moment the bus hands a task over to the moment its request reaches the
 * provider, and from the moment the provider has handed its answer to the socket to the moment the result is durable.
 *
 *   node --import tsx bench/scheduler/added-time.ts [embedded] [kafka] [--seconds 60] [--json]     (npm run build first)
 *
 * 100 tasks/s with pictures of 20 KB, ten keys in five accounts with limits above that, latency lognormal around 1 s;
 * kafka: one real broker and a Redis. Scheduler and provider are processes of their own and note the moments by the
 * machine's one monotonic clock: the scheduler's bus around deliver() and after produce(), the provider's HTTP server
 * when it has read a request's headers and when it has written an answer. Beside the scheduler, in turns, a relay: the same
 * bus, requests and messages with nothing between them, which is what the machine adds. Exits 1 unless the scheduler's p99
 * is under 15 ms.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { pino } from "pino";
import { openBus } from "../../src/bus/open.ts";
import { loadConfig } from "../../src/config/load.ts";
import { decode } from "../../src/messages/codec.ts";
import { taskSchema } from "../../src/messages/task.ts";
import { percentiles } from "../../src/runtime/report/percentiles.ts";
import { outcomeOf } from "../../test/support/outcome.ts";
import { now } from "./clock.ts";
import { environment, keysInAccounts, writeConfig } from "./schedulers.ts";
import { type BusName, buses, startServers } from "./servers.ts";
import type { ProviderStamps } from "./stamped-provider.ts";
import type { SchedulerStamps, SchedulerUsage } from "./stamped-scheduler.ts";
import { startTasks } from "./tasks.ts";

type Side = "relay" | "scheduler";

const perSecond = 100;
const warmUpMs = 15_000;
const most = 15;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "60" }, json: { type: "boolean", default: false } },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const rows: ({ bus: BusName; side: Side } & Awaited<ReturnType<typeof measure>>)[] = [];
for (const bus of buses.filter((name) => positionals.length === 0 || positionals.includes(name)))
  for (const side of ["relay", "scheduler"] as const) {
    process.stderr.write(`${bus}, ${side} …\n`);
    rows.push({ bus, side, ...(await measure(bus, side)) });
  }
if (flags.json) console.log(JSON.stringify(rows));
else {
  const table = new Table({ head: ["bus", "", "tasks", "ms", "p50", "p95", "p99", "max"] });
  for (const { bus, side, tasks, before, after, both } of rows)
    for (const [name, { p50, p95, p99, max }] of Object.entries({ before, after, both }))
      table.push([bus, side, tasks, name, p50, p95, p99, max]);
  console.log(table.toString());
  for (const { bus, side, load, cores, loopDelayMs, pauses, slowest } of rows) {
    console.log(
      `${bus}, ${side}: load ${load}, ${cores} cores, its event loop late by ${loopDelayMs} ms (p99), garbage collected for ${pauses.p50} ms (p50), ${pauses.max} ms (most)`,
    );
    const steps = Object.entries(slowest).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`);
    console.log(`  the slowest hundredth, means: ${steps.join(", ")}`);
  }
}
process.exit(
  rows.every(({ side, both }) => side === "relay" || (both.p99 !== null && both.p99 < most)) ? 0 : 1,
);

async function measure(bus: BusName, side: Side) {
  const directory = mkdtempSync(join(tmpdir(), "tmon-added-time-"));
  const servers = await startServers(bus, directory);
  const env = environment(directory, servers.env);
  const provider = await startStamped("stamped-provider.ts");
  writeConfig(directory, { provider: provider.said, keys: keysInAccounts({ rpm: 6_000 }) });
  const scheduler = await startStamped("stamped-scheduler.ts", [side], env);
  const tasks = await startTasks(directory, { perSecond, pictureSide: 140, noisy: true, env });
  await delay(warmUpMs);
  const from = now();
  const before = await scheduler.ask<SchedulerUsage>("usage");
  await delay(Number(flags.seconds) * 1_000);
  const until = now();
  const after = await scheduler.ask<SchedulerUsage>("usage");
  const load = loadavg()[0]!.toFixed(1);
  await tasks.stop();
  await outcomeOf(directory, env);
  const [ofProvider, ofScheduler] = await Promise.all([
    provider.ask<ProviderStamps>("stamps"),
    scheduler.ask<SchedulerStamps>("stamps"),
  ]);
  const added = (await readTasks(directory, env)).flatMap(({ taskId, place, box }) => {
    const handedOverAt = ofScheduler.handedOverAt[place];
    const publishedAt = ofScheduler.publishedAt[taskId];
    const { arrivedAt, answeredAt } = ofProvider[box] ?? {};
    if (!handedOverAt || !publishedAt || !arrivedAt || !answeredAt) return [];
    if (handedOverAt < from || handedOverAt > until) return [];
    const before = arrivedAt - handedOverAt;
    const after = publishedAt - answeredAt;
    const [sentAt, readAt] = [ofScheduler.sentAt[box]!, ofScheduler.answerReadAt[box]!];
    const publishingAt = ofScheduler.publishingAt[taskId]!;
    const steps = {
      "handed over to sent": sentAt - handedOverAt,
      "sent to read by the provider": arrivedAt - sentAt,
      "answered to read": readAt - answeredAt,
      "read to produce()": publishingAt - readAt,
      "produce() to durable": publishedAt - publishingAt,
    };
    return { before, after, both: before + after, steps };
  });
  await Promise.all([provider.stop(), scheduler.stop()]);
  await servers.stop();
  rmSync(directory, { recursive: true, force: true });
  const seconds = (until - from) / 1_000;
  return {
    tasks: added.length,
    before: percentiles(added.map((one) => one.before)),
    after: percentiles(added.map((one) => one.after)),
    both: percentiles(added.map((one) => one.both)),
    slowest: meanSteps(added),
    pauses: percentiles(ofScheduler.pausesMs),
    load,
    cores: ((after.cpuSeconds - before.cpuSeconds) / seconds).toFixed(2),
    loopDelayMs: after.loopDelayMs.toFixed(1),
  };
}

/** Of the slowest hundredth: where its time went, ms. */
function meanSteps(added: { both: number; steps: Record<string, number> }[]): Record<string, number> {
  const slowest = added.sort((a, b) => b.both - a.both).slice(0, Math.ceil(added.length / 100));
  const mean = (name: string) =>
    slowest.reduce((sum, { steps }) => sum + steps[name]!, 0) / Math.max(1, slowest.length);
  return Object.fromEntries(Object.keys(slowest[0]?.steps ?? {}).map((name) => [name, mean(name)]));
}

/** A process that first says it runs and answers each message with its notes. */
async function startStamped(file: string, words: string[] = [], env: Record<string, string> = {}) {
  const { PATH = "", HOME = "" } = process.env;
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), words, { env: { PATH, HOME, ...env } });
  const ended = once(child, "exit");
  const failed = ended.then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`)));
  failed.catch(() => {});
  const message = async () => (await Promise.race([once(child, "message"), failed]))[0];
  return {
    said: (await message()) as string,
    ask<Answer>(what: "usage" | "stamps"): Promise<Answer> {
      child.send(what);
      return message();
    },
    async stop(): Promise<void> {
      child.disconnect();
      await ended;
    },
  };
}

/** Boxes that two tasks share say nothing of either. */
async function readTasks(directory: string, env: Record<string, string>) {
  const { config } = loadConfig({ flags: { dataDir: directory }, env, cwd: directory, home: homedir() });
  const bus = await openBus(config, pino({ level: "silent" }));
  const read = new Map<string, { taskId: string; place: string; box: string }>();
  const topics = [config.topics["assessment-tasks"].name];
  for await (const { partition, offset, value } of bus.read({ topics, from: "earliest", untilEnd: true })) {
    const { taskId, groupMetadata } = decode(taskSchema, value);
    const box = String(groupMetadata.bbox);
    if (read.has(box)) read.get(box)!.place = "";
    else read.set(box, { taskId, place: `${partition}:${offset}`, box });
  }
  await bus.close();
  return [...read.values()];
}
