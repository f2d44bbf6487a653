import { isAlive, ownIdentity } from "../../lmdb/process-identity.ts";
import { count, type Tables } from "./tables.ts";

/** The segments' accounts; every function belongs in a write transaction. */

/** Answers the new segment's number. */
export function beginSegment(tables: Tables): number {
  const segment = count(tables, "segments", 1);
  tables.segments.put(segment, { writer: { ...ownIdentity }, sealed: false, bytes: 0, records: 0 });
  return segment;
}

export function addToSegment(tables: Tables, segment: number, bytes: number, records: number): void {
  const row = tables.segments.get(segment)!;
  tables.segments.put(segment, { ...row, bytes: row.bytes + bytes, records: row.records + records });
  count(tables, "bytes", bytes);
}

/** Answers the bytes that are free now: those of the whole segment, with its last record. */
export function removeFromSegment(tables: Tables, segment: number, records: number): number {
  const row = tables.segments.get(segment);
  if (row === undefined) return 0;
  tables.segments.put(segment, { ...row, records: row.records - records });
  return removeIfEmpty(tables, segment);
}

export function sealSegment(tables: Tables, segment: number): void {
  const row = tables.segments.get(segment);
  if (row === undefined) return;
  tables.segments.put(segment, { ...row, sealed: true });
  removeIfEmpty(tables, segment);
}

/** Those whose writer was killed. */
export function sealAbandonedSegments(tables: Tables): void {
  for (const { key, value } of [...tables.segments.getRange()])
    if (!value.sealed && !isAlive(value.writer)) sealSegment(tables, key);
}

function removeIfEmpty(tables: Tables, segment: number): number {
  const { sealed, records, bytes } = tables.segments.get(segment)!;
  if (!sealed || records > 0) return 0;
  tables.segments.remove(segment);
  count(tables, "bytes", -bytes);
  return bytes;
}
