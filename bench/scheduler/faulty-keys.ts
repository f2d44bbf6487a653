/**
 * What becomes of tasks when keys fail: of ten keys one answers 401, one hangs, one gives 500s at 30 %.
 *
 *   node --import tsx bench/scheduler/faulty-keys.ts [CASE…] [--seconds 80] [--json]     (npm run build first)
 *
 * 40 tasks/s, half of what the other keys' quotas allow; latency lognormal around 1 s; embedded bus and store;
 * provider and scheduler are processes of their own. All calls are counted by the provider. Exits 1 unless over 99.9 %
 * of the tasks are assessed, the dead key is left after 3 calls or 2 s, and the hanging one after few calls.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { outcomeOf } from "../../test/support/outcome.ts";
import { startProvider } from "./provider.ts";
import {
  accountNames,
  environment,
  keyNames,
  keysInAccounts,
  startScheduler,
  writeConfig,
} from "./schedulers.ts";
import { startTasks } from "./tasks.ts";

interface Case {
  name: string;
  /** When the keys begin to fail, after the provider's start. */
  from: string;
  /** Two keys share an account and its quota, or each has its own. */
  shared: boolean;
}

const cases: Case[] = [
  { name: "from-the-start", from: "0s", shared: false },
  { name: "later", from: "20s", shared: false },
  { name: "later-in-accounts", from: "20s", shared: true },
];
const faults = [{ fault: "invalid_api_key" }, { fault: "hang" }, { fault: "internal_error", share: 0.3 }];
const rpm = 600;
const perSecond = 40;
const lookEveryMs = 100;
/** A key that hangs is tried again once a call has timed out. */
const fewCalls = 20;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "80" }, json: { type: "boolean", default: false } },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const rows: ({ name: string } & Awaited<ReturnType<typeof measure>>)[] = [];
for (const one of cases.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  process.stderr.write(`${one.name} …\n`);
  rows.push({ name: one.name, ...(await measure(one)) });
}
const isShort = ({ share, dead, hangingCalls }: (typeof rows)[number]) =>
  share <= 0.999 || (dead.calls > 3 && dead.ms > 2_000) || hangingCalls > fewCalls;
if (flags.json) console.log(JSON.stringify(rows));
else {
  const head = [
    "case",
    "tasks",
    "assessed",
    "share",
    "expired",
    "failed",
    "dead key: calls, over",
    "hanging key: calls",
  ];
  const table = new Table({ head: [...head, "500s", "429", "longest wait"] });
  for (const { name, tasks, assessed, share, dead, ...row } of rows) {
    const cells = [`${dead.calls}, ${dead.ms} ms`, row.hangingCalls, row.serverErrors, row.throttled];
    const ends = [tasks, assessed, share.toFixed(5), row.expired, row.failed];
    table.push([name, ...ends, ...cells, `${row.longestSeconds.toFixed(1)} s`]);
  }
  console.log(table.toString());
}
process.exit(rows.some(isShort) ? 1 : 0);

async function measure({ from, shared }: Case) {
  const directory = mkdtempSync(join(tmpdir(), "tmon-faulty-keys-"));
  const env = environment(directory);
  const limits = { rpm, qps: "off" };
  const accounts = accountNames.map((id) => ({ id, limits: { rpm: 2 * rpm, qps: "off" } }));
  const provider = await startProvider(directory, {
    latency: "lognormal:mean=1s,0.5",
    accounts: shared ? accounts : keyNames.map((id) => ({ id, limits })),
    keys: keyNames.map((key, index) => ({
      key,
      account: shared ? accountNames[index % accountNames.length] : key,
      faults: faults.slice(index, index + 1).map((fault) => ({ ...fault, from })),
    })),
  });
  const own = {
    api_keys: keyNames.map((key, index) => ({ key, key_id: `key_${index + 1}`, rpm_limit: rpm })),
  };
  writeConfig(directory, { provider: provider.url, keys: shared ? keysInAccounts({ rpm: 2 * rpm }) : own });
  const scheduler = await startScheduler(directory, "scheduler");
  const tasks = await startTasks(directory, { perSecond, pictureSide: 64, env });
  const watch = watchDeadKey(provider);
  await delay(Number(flags.seconds) * 1000);
  await tasks.stop();
  const outcome = await outcomeOf(directory, env);
  const dead = await watch.stop();
  const stats = await provider.stats();
  scheduler.kill("SIGTERM");
  await scheduler.ended;
  await provider.stop();
  rmSync(directory, { recursive: true, force: true });

  const [, hangingKey] = keyNames;
  const hanging = stats.keys.find(({ key }) => key.endsWith(hangingKey!.slice(-4)));
  const answered = Object.values(hanging?.answers ?? {}).reduce((sum, count) => sum + count, 0);
  const assessed = outcome.count("assessed");
  const waits = [...outcome.results.values()].map(({ trace }) => trace.assessedAt! - trace.capturedAt!);
  return {
    tasks: outcome.tasks.size,
    assessed,
    share: assessed / outcome.tasks.size,
    expired: outcome.count("expired"),
    failed: outcome.count("failed"),
    dead,
    hangingCalls: (hanging?.requests ?? 0) - answered,
    serverErrors: stats.answers[500] ?? 0,
    throttled: stats.throttled,
    longestSeconds: Math.max(...waits.filter(Number.isFinite)) / 1000,
  };
}

/** Answers 401 of the provider, and the time from the first to the last, as far as it was looked. */
function watchDeadKey(provider: { stats(): Promise<{ answers: Record<string, number> }> }) {
  const ending = new AbortController();
  let calls = 0;
  let firstAt = 0;
  let lastAt = 0;
  const watching = (async () => {
    for (; !ending.signal.aborted; await delay(lookEveryMs)) {
      const { answers } = await provider.stats();
      const now = performance.now();
      const count = answers[401] ?? 0;
      if (count === calls) continue;
      if (calls === 0) firstAt = now;
      lastAt = now;
      calls = count;
    }
  })();
  return {
    async stop() {
      ending.abort();
      await watching;
      return { calls, ms: Math.round(lastAt - firstAt) };
    },
  };
}
