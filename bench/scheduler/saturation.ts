/**
 * How much of its quotas the key pool uses, and how often the provider has to refuse a call: 10 keys in 5 accounts of
 * 300 requests and 200,000 tokens a minute each, more tasks than that, lognormal latency around 1 s.
 *
 *   node --import tsx bench/scheduler/saturation.ts [CASE…] [--minutes 5] [--json]     (npm run build first)
 *
 * Counted by the provider, from second 60 after the first call on; quota = limit x time. Everything is on loopback;
 * two schedulers share a Redis, one has the embedded store.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { startSimulatedVlm } from "../../src/simulator/vlm/server.ts";
import { accountLimits, accountNames, keyNames, startSchedulers } from "./schedulers.ts";
import { startTasks } from "./tasks.ts";

interface Case {
  name: string;
  /** Which limit is reached: the other is out of reach. */
  binding: "requests" | "tokens";
  schedulers: number;
  /** The provider also refuses what is above a sixtieth of the limit within a second. */
  perSecond: boolean;
}

const cases: Case[] = [
  { name: "requests", binding: "requests", schedulers: 1, perSecond: false },
  { name: "tokens", binding: "tokens", schedulers: 1, perSecond: false },
  { name: "requests-two", binding: "requests", schedulers: 2, perSecond: false },
  { name: "tokens-two", binding: "tokens", schedulers: 2, perSecond: false },
  { name: "requests-sixtieth", binding: "requests", schedulers: 1, perSecond: true },
  { name: "requests-sixtieth-two", binding: "requests", schedulers: 2, perSecond: true },
];
const warmUpMs = 60_000;
const { rpm, tpm } = accountLimits;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
});
const minutes = Number(flags.minutes);
const wanted = cases.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const rows = [];
for (const one of wanted) {
  process.stderr.write(`${one.name} …\n`);
  rows.push({ name: one.name, asked: one.perSecond ? 0.93 : 0.98, ...(await measure(one)) });
}
if (flags.json) console.log(JSON.stringify({ minutes, rows }));
else {
  const table = new Table({ head: ["case", "requests", "of quota", "tokens", "of quota", "asked", "429"] });
  for (const { name, requests, ofRequests, tokens, ofTokens, asked, throttled } of rows)
    table.push([name, requests, ofRequests.toFixed(3), tokens, ofTokens.toFixed(3), asked, throttled]);
  console.log(table.toString());
}
process.exit(0);

async function measure({ binding, schedulers, perSecond }: Case) {
  const directory = mkdtempSync(join(tmpdir(), "tmon-saturation-"));
  const free = perSecond ? {} : ({ qps: "off", tps: "off" } as const);
  const limits = binding === "requests" ? { rpm, tpm: 10 * tpm, ...free } : { rpm: 10 * rpm, tpm, ...free };
  const provider = await startSimulatedVlm({
    latencyMs: { mean: 1_000, sigma: 0.5 },
    accounts: accountNames.map((id) => ({ id, limits })),
    keys: keyNames.map((key, index) => ({ key, account: accountNames[index % accountNames.length]! })),
  });
  const running = await startSchedulers({
    directory,
    provider: provider.url,
    count: schedulers,
    limits: perSecond
      ? { rpm: limits.rpm, tpm: limits.tpm }
      : { rpm: limits.rpm, tpm: limits.tpm, qps: 1e6, tps: 1e9 },
  });
  const tasks = await startTasks(directory, {
    perSecond: 60,
    pictureSide: binding === "requests" ? 64 : 640,
  });
  while (provider.stats().requests === 0) await delay(10);
  await delay(warmUpMs);
  const before = provider.stats();
  const since = performance.now();
  await delay(minutes * 60_000);
  const after = provider.stats();
  const measured = (performance.now() - since) / 60_000;
  await tasks.stop();
  await running.stop();
  await provider.close();
  rmSync(directory, { recursive: true, force: true });

  const accepted = (stats: typeof after) => stats.requests - stats.throttled;
  const tokensOf = (stats: typeof after) => stats.promptTokens + stats.completionTokens;
  const requests = accepted(after) - accepted(before);
  const tokens = tokensOf(after) - tokensOf(before);
  const accounts = accountNames.length * measured;
  return {
    requests,
    ofRequests: requests / (limits.rpm * accounts),
    tokens,
    ofTokens: tokens / (limits.tpm * accounts),
    throttled: after.throttled,
  };
}
