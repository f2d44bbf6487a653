import type { Reader } from "../../../runtime/top/snapshot.ts";
import { formatAge } from "../../time.ts";
import type { Model } from "../model/model.ts";
import type { Stage } from "../model/stages.ts";
import { formatCount, formatRate, sparkline, unknown } from "./figures.ts";
import { type Cell, type Column, Table } from "./table.tsx";

interface FlowRow {
  name: Stage["name"];
  /** Undefined on a further reader's line. */
  stage: Stage | undefined;
  reader: Reader | undefined;
  at: number;
}

const columns: Column<FlowRow>[] = [
  { head: "STAGE", width: 10, cell: ({ stage }) => stage?.name ?? "" },
  { head: "/S", width: 6, align: "right", cell: ({ stage }) => (stage ? formatRate(stage.perSecond) : "") },
  {
    head: "LAST SECONDS",
    width: 24,
    grows: true,
    cell: ({ stage }, width) => (stage ? sparkline(stage.history, width) : ""),
  },
  { head: "READ BY", width: 17, cell: ({ reader }) => reader?.group ?? "" },
  { head: "LAG", width: 6, align: "right", cell: ({ reader }) => (reader ? lagOf(reader) : "") },
  {
    head: "OLDEST",
    width: 6,
    align: "right",
    cell({ reader, at }) {
      if (!reader) return "";
      if (reader.unreadSince === undefined) return { text: unknown, tone: "quiet" };
      return formatAge(at - reader.unreadSince);
    },
  },
];

function lagOf({ lag }: Reader): string | Cell {
  return lag === null ? { text: "absent", tone: "alarm" } : formatCount(lag);
}

/** A line a topic and reader, and one for the pushes. */
export function flowRows({ flow, at }: Model): FlowRow[] {
  return flow.stages.flatMap((stage): FlowRow[] => {
    const [first, ...others] = stage.readers;
    return [
      { name: stage.name, stage, reader: first, at },
      ...others.map((reader) => ({ name: stage.name, stage: undefined, reader, at })),
    ];
  });
}

/** Throughput of each stage, and what its readers have still to do. */
export function FlowTable({ model, width }: { model: Model; width: number }) {
  return (
    <Table
      columns={columns}
      rows={flowRows(model)}
      idOf={({ name, reader }) => `${name} ${reader?.group}`}
      width={width}
    />
  );
}
