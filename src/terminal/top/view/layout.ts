import { alarmsOf } from "../model/alarms.ts";
import type { Model } from "../model/model.ts";
import { flowRows } from "./flow.tsx";

export interface Size {
  columns: number;
  /** Infinity where nothing is cut. */
  rows: number;
}

export interface Layout {
  /** Roles and cameras stand beside the keys, not below them. */
  beside: boolean;
  left: number;
  right: number;
  alarms: string[];
  /** Rows of each table; a table without any is left out. */
  keys: number;
  roles: number;
  cameras: number;
}

const besideFrom = 160;
export const between = 3;
const mostAlarms = 4;
/** Header and footer. */
const frame = 3;
/** A blank line and the head. */
const tableFrame = 2;

/**
 * Who gets how much of the screen: the alarms and the flow always, then the keys, the roles and the cameras, each
 * what the ones before it left.
 */
export function layoutOf(model: Model, { columns, rows }: Size): Layout {
  const beside = columns >= besideFrom;
  const left = beside ? Math.floor((columns - between) * 0.6) : columns;
  const alarms = shortened(alarmsOf(model));
  const height = rows - frame - alarms.length - (alarms.length > 0 ? 1 : 0);
  const take = budget(height);
  take(flowRows(model).length);
  const keys = take(model.keys.length);
  const other = beside ? budget(height) : take;
  const roles = other(model.roles.length);
  return {
    beside,
    left,
    right: columns - between - left,
    alarms,
    keys,
    roles,
    cameras: other(model.cameras.length),
  };
}

function shortened(alarms: string[]): string[] {
  if (alarms.length <= mostAlarms) return alarms;
  const shown = alarms.slice(0, mostAlarms - 1);
  return [...shown, `and ${alarms.length - shown.length} more`];
}

/** Takes a table's rows out of what is left, as many as fit with its frame. */
function budget(height: number): (rows: number) => number {
  let left = height;
  return (wanted) => {
    const rows = Math.max(0, Math.min(wanted, left - tableFrame));
    if (rows > 0) left -= rows + tableFrame;
    return rows;
  };
}
