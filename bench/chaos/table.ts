import { formatTable } from "../../src/terminal/output.ts";
import type { Figures } from "./count.ts";

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** One line a scenario, then one a fault. */
export function printTable(rows: readonly Figures[]): void {
  const columns = ["SCENARIO", "TASKS", "ASSESSED", "EXPIRED", "SUPERSEDED", "FAILED", "LOST", "REPEATS"];
  columns.push("DUPLICATES", "DIED", "CALLS REPEATED", "REFUSED", "WORST GAP", "OF A PARTITION", "QUOTA");
  const lines = rows.map(({ results: { assessed, expired, superseded, failed }, ...row }) => [
    row.scenario,
    ...[row.messages.tasks, assessed, expired, superseded, failed].map(String),
    row.pending > 0 ? `${row.pending} pending` : `${row.lost}`,
    ...[row.repeats, row.duplicates, row.died.length].map(String),
    `${row.callsRepeated} of ${row.callsRepeatable}`,
    `${row.refused}`,
    seconds(row.worstGapMs),
    seconds(row.worstPartitionGapMs),
    row.quota ? `${row.quota.worstMinute} of ${row.quota.rpmLimit}` : "-",
  ]);
  process.stdout.write(`${formatTable(columns, lines)}\n\n`);
  const faults = rows.flatMap(({ scenario, faults: all }) =>
    all.map(({ what, worstGapMs }) => [scenario, what, seconds(worstGapMs)]),
  );
  process.stdout.write(`${formatTable(["SCENARIO", "FAULT", "WORST GAP UNTIL THE NEXT"], faults)}\n`);
}
