import type { KeyUse } from "../../../runtime/key-use.ts";
import { waitOf, whyOf } from "../../key-why.ts";
import { formatAge } from "../../time.ts";
import { formatCount, formatUsage, formatYuan, unknown } from "./figures.ts";
import { type Cell, type Column, type RowsOf, Table, type Tone } from "./table.tsx";

const tones: Record<string, Tone> = {
  disabled: "alarm",
  cooling: "warning",
  probing: "warning",
  draining: "warning",
};

const milliseconds = (ms: number | null) => (ms === null ? unknown : formatAge(ms));
const quietly = (text: string): Cell => ({
  text,
  tone: text === unknown || text === "0" ? "quiet" : "plain",
});

const columnsAt = (at: number): Column<KeyUse>[] => [
  { head: "KEY", width: 11, grows: true, cell: ({ id }) => id },
  { head: "STATE", width: 8, cell: (row) => ({ text: row.state, tone: toneOf(row) }) },
  { head: "FLIGHT", width: 6, align: "right", cell: ({ inFlight }) => quietly(String(inFlight)) },
  { head: "RPM", width: 9, align: "right", cell: ({ requests }) => quietly(formatUsage(requests)) },
  { head: "TPM", width: 9, align: "right", cell: ({ tokens }) => quietly(formatUsage(tokens)) },
  { head: "P50", width: 5, align: "right", cell: ({ latencyMs }) => quietly(milliseconds(latencyMs.p50)) },
  { head: "P95", width: 5, align: "right", cell: ({ latencyMs }) => quietly(milliseconds(latencyMs.p95)) },
  { head: "CALLS", width: 5, align: "right", from: 94, cell: ({ calls }) => quietly(formatCount(calls)) },
  { head: "FAIL", width: 4, align: "right", cell: ({ failures }) => quietly(formatCount(failures)) },
  {
    head: "429",
    width: 4,
    align: "right",
    from: 94,
    cell: ({ throttled }) => quietly(formatCount(throttled)),
  },
  { head: "YUAN", width: 6, align: "right", cell: ({ costYuan }) => quietly(formatYuan(costYuan)) },
  {
    head: "WHY",
    width: 20,
    from: 114,
    grows: true,
    cell: (row) => [waitOf(row, at), whyOf(row)].filter(Boolean).join(": "),
  },
];

/** Red is what needs a person: not what a person wants so. */
const toneOf = ({ state, order }: KeyUse) => (order ? "warning" : (tones[state] ?? "plain"));

export function KeyTable({ at, ...table }: RowsOf<KeyUse> & { at: number }) {
  return <Table {...table} columns={columnsAt(at)} idOf={({ id }) => id} />;
}
