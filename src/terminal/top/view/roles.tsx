import { formatAge } from "../../time.ts";
import type { RoleRow } from "../model/roles.ts";
import { type Column, type RowsOf, Table } from "./table.tsx";

const columnsAt = (at: number): Column<RoleRow>[] => [
  { head: "ROLE", width: 10, cell: ({ role }) => role },
  {
    head: "STATE",
    width: 9,
    cell: ({ state, beatAt }) =>
      state === "dead" ? { text: `dead ${formatAge(at - beatAt)}`, tone: "alarm" } : state,
  },
  { head: "INSTANCE", width: 14, grows: true, cell: ({ instance }) => instance },
  { head: "PID", width: 7, align: "right", cell: ({ pid }) => String(pid) },
  {
    head: "UP FOR",
    width: 6,
    align: "right",
    cell: ({ startedAt, state }) => (state === "dead" ? "" : formatAge(at - startedAt)),
  },
  { head: "URL", width: 22, from: 78, cell: ({ url }) => ({ text: url, tone: "quiet" }) },
];

export function RoleTable({ at, ...table }: RowsOf<RoleRow> & { at: number }) {
  return <Table {...table} columns={columnsAt(at)} idOf={({ role, instance }) => `${role} ${instance}`} />;
}
