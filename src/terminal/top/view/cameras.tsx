import { formatAge } from "../../time.ts";
import type { CameraRow } from "../model/cameras.ts";
import { unknown } from "./figures.ts";
import { type Column, type RowsOf, Table, type Tone } from "./table.tsx";

const tones: Record<string, Tone> = {
  failed: "alarm",
  backing_off: "warning",
  stalled: "warning",
  connecting: "warning",
  ended: "quiet",
};

const columns: Column<CameraRow>[] = [
  { head: "CAMERA", width: 16, cell: ({ id }) => id },
  {
    head: "STATE",
    width: 11,
    cell: ({ state }) => ({ text: state.replaceAll("_", " "), tone: tones[state] ?? "plain" }),
  },
  { head: "FOR", width: 5, align: "right", cell: ({ sinceMs }) => formatAge(sinceMs) },
  {
    head: "PICTURE",
    width: 7,
    align: "right",
    cell: ({ pictureMs }) => (pictureMs === null ? { text: unknown, tone: "quiet" } : formatAge(pictureMs)),
  },
  { head: "WHY", width: 24, grows: true, cell: ({ reason, url }) => reason ?? { text: url, tone: "quiet" } },
];

export function CameraTable(table: RowsOf<CameraRow>) {
  return <Table {...table} columns={columns} idOf={({ id }) => id} />;
}
