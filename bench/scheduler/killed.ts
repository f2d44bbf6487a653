/**
 * What kill -9 of the scheduler costs while it works to the limit of its quotas: ten keys in five accounts of 360
 * requests a minute each, latency lognormal around 1 s, a fifth more tasks than that, killed and started again six times.
 *
 *   node --import tsx bench/scheduler/killed.ts [embedded] [kafka] [--json]     (npm run build first)
 *
 * kafka: one real broker and a Redis. Provider and scheduler are processes of their own. Exits 1 if a task has no
 * result, a window was exceeded by the provider's own count, or more calls were repeated than were open or not committed yet.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import type { SimulatedVlmStats } from "../../src/simulator/vlm/server.ts";
import { outcomeOf } from "../../test/support/outcome.ts";
import { type Kill, openCallsAtKill, repeatedCalls, uncommitted } from "../../test/support/repeated-calls.ts";
import { startProvider } from "./provider.ts";
import {
  accountNames,
  environment,
  keyNames,
  keysInAccounts,
  type RunningScheduler,
  startScheduler,
  writeConfig,
} from "./schedulers.ts";
import { type BusName, buses, startServers } from "./servers.ts";
import { startTasks } from "./tasks.ts";

const rpm = 360;
const perSecond = 36;
const kills = 6;
/** A tenth of those at the full rate. */
const leastOpen = 3;
const betweenMs = 12_000;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const rows: ({ bus: string } & Awaited<ReturnType<typeof measure>>)[] = [];
for (const bus of buses.filter((name) => positionals.length === 0 || positionals.includes(name))) {
  process.stderr.write(`${bus} …\n`);
  rows.push({ bus, ...(await measure(bus)) });
}
if (flags.json) console.log(JSON.stringify(rows));
else {
  const head = ["bus", "tasks", "assessed", "expired", "failed", "lost", "repeats, of"];
  const table = new Table({ head: [...head, "calls repeated, of", "worst minute, of", "429"] });
  for (const { bus, tasks, assessed, expired, failed, lost, ...row } of rows) {
    const repeats = `${row.repeats}, ${row.repeatable}`;
    const calls = `${row.callsRepeated}, ${row.callsRepeatable}`;
    const cells = [repeats, calls, `${row.worstMinute}, ${rpm}`, row.throttled];
    table.push([bus, tasks, assessed, expired, failed, lost, ...cells]);
  }
  console.log(table.toString());
}
const isShort = ({ lost, worstMinute, ...row }: (typeof rows)[number]) =>
  lost > 0 || worstMinute > rpm || row.callsRepeated > row.callsRepeatable;
process.exit(rows.some(isShort) ? 1 : 0);

async function measure(bus: BusName) {
  const directory = mkdtempSync(join(tmpdir(), "tmon-killed-"));
  const servers = await startServers(bus, directory);
  const env = environment(directory, servers.env);
  const provider = await startProvider(directory, {
    latency: "lognormal:mean=1s,0.5",
    accounts: accountNames.map((id) => ({ id, limits: { rpm, qps: "off" } })),
    keys: keyNames.map((key, index) => ({ key, account: accountNames[index % accountNames.length] })),
  });
  writeConfig(directory, { provider: provider.url, keys: keysInAccounts({ rpm, qps: 1e6 }) });

  let scheduler = await startScheduler(directory, "scheduler-0", servers.env);
  const tasks = await startTasks(directory, { perSecond, pictureSide: 140, noisy: true, env });
  const killed: Kill[] = [];
  for (let turn = 0; turn < kills; turn++) {
    await delay(betweenMs);
    const kill = await killBusy(scheduler, provider.stats);
    process.stderr.write(`  killed with ${kill.openCalls} calls open\n`);
    killed.push(kill);
    scheduler = await startScheduler(directory, `scheduler-${turn + 1}`, servers.env);
  }
  await delay(betweenMs);
  await tasks.stop();
  const outcome = await outcomeOf(directory, env);
  const { requests, accounts, throttled } = await provider.stats();
  scheduler.kill("SIGTERM");
  await scheduler.ended;
  await provider.stop();
  await servers.stop();
  rmSync(directory, { recursive: true, force: true });
  return {
    tasks: outcome.tasks.size,
    assessed: outcome.count("assessed"),
    expired: outcome.count("expired"),
    failed: outcome.count("failed"),
    lost: outcome.lost,
    repeats: outcome.repeats,
    repeatable: uncommitted(outcome.arrivals, killed),
    ...repeatedCalls(requests, outcome.results.values(), outcome.arrivals, killed),
    worstMinute: Math.max(...accounts.map(({ worstMinute }) => worstMinute)),
    throttled,
  };
}

/** kill -9 once it has calls open. */
async function killBusy(
  scheduler: RunningScheduler,
  stats: () => Promise<Pick<SimulatedVlmStats, "requests" | "inFlight">>,
): Promise<Kill> {
  while ((await stats()).inFlight < leastOpen) await delay(20);
  let at = 0;
  const kill = async () => {
    scheduler.kill("SIGKILL");
    at = Date.now();
    await scheduler.ended;
  };
  const openCalls = await openCallsAtKill(scheduler.url, kill, async () => (await stats()).requests);
  return { at, openCalls };
}
