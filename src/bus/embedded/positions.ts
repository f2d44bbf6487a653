import type { ReadFrom } from "../bus.ts";
import type { Log } from "./log.ts";

/** A place in one partition: `next` is read next, up to and without `end`. */
export interface Cursor {
  topic: string;
  partition: number;
  next: number;
  end: number;
}

/** Places the cursors, which stand at their partitions' starts, where a read begins. */
export function placeCursors(log: Log, cursors: Cursor[], from: ReadFrom): void {
  if (from === "earliest") return;
  if (from === "latest") for (const cursor of cursors) cursor.next = cursor.end;
  else if ("offset" in from) for (const cursor of cursors) cursor.next = Math.max(cursor.next, from.offset);
  else if ("time" in from) for (const cursor of cursors) cursor.next = firstSince(log, cursor, from.time);
  else
    for (const topic of new Set(cursors.map((cursor) => cursor.topic)))
      placeLast(
        log,
        cursors.filter((cursor) => cursor.topic === topic),
        from.last,
      );
}

/** Binary search: append times never go back within a partition. */
function firstSince(log: Log, { topic, partition, next, end }: Cursor, time: number): number {
  let [low, high] = [next, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (log.timeOf([topic, partition, middle]) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Walks back from the ends, over the newest message of all partitions each time. */
function placeLast(log: Log, cursors: Cursor[], count: number): void {
  const starts = new Map(cursors.map((cursor) => [cursor, cursor.next]));
  for (const cursor of cursors) cursor.next = cursor.end;
  const newestBefore = ({ topic, partition, next }: Cursor): number =>
    log.timeOf([topic, partition, next - 1]);
  for (let taken = 0; taken < count; taken++) {
    const open = cursors.filter((cursor) => cursor.next > starts.get(cursor)!);
    if (open.length === 0) return;
    open.reduce((newest, other) => (newestBefore(other) > newestBefore(newest) ? other : newest)).next -= 1;
  }
}
