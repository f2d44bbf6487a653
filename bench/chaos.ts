/**
 * What is lost when something dies: `node --import tsx bench/chaos.ts [SCENARIO…]` (default: all, 25 minutes).
 *
 * Every scenario has servers of its own on loopback: three Kafka brokers, Redis, a simulated provider, the roles as
 * processes of the built program (`npm run build` first). Detections come at 100 messages/s from 200 cameras, one
 * group and a picture of 10 to 30 KB each. Once all is done the topics are read from their beginning and compared
 * with what was written, with the provider's count, and with what a subscriber on Redis was shown.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { count, type Figures } from "./chaos/count.ts";
import { startLoad } from "./chaos/load.ts";
import { scenarios } from "./chaos/scenarios.ts";
import { printTable } from "./chaos/table.ts";
import { closeWorld, openWorld } from "./chaos/world.ts";

const reportFile = "chaos.json";
const warmUpMs = 10_000;
const coolDownMs = 20_000;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  const names = scenarios.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join("\n");
  process.stderr.write(`no scenario ${unknown.join(", ")}; there are\n${names}\n`);
  process.exit(2);
}
// What was started ends with this process, however it ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const rows: Figures[] = [];
for (const scenario of scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const startedAt = performance.now();
  process.stderr.write(`\n${scenario.name}: ${scenario.about}\n`);
  const world = await openWorld(scenario);
  const load = await startLoad(world);
  await delay(warmUpMs);
  await scenario.run(world);
  await delay(coolDownMs);
  await load.end();
  rows.push(await count(scenario.name, world, load));
  await closeWorld(world);
  writeFileSync(reportFile, `${JSON.stringify(rows, null, 2)}\n`);
  process.stderr.write(`${scenario.name}: ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
}
printTable(rows);
process.stderr.write(`report: ${reportFile}\n`);
const failures = rows.map(({ lost, pending, duplicates, died }) => lost + pending + duplicates + died.length);
process.exit(failures.every((count) => count === 0) ? 0 : 1);
