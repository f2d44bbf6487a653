import type { RecordKey } from "./tables.ts";

/**
 * The records this process wrote last, by bytes: its own consumers mostly want these, and what LMDB reads stays
 * mapped into the process's memory for good.
 */
export interface RecentRecords {
  add(key: RecordKey, record: Buffer): void;
  get(key: RecordKey): Buffer | undefined;
}

export function createRecentRecords(maxBytes: number): RecentRecords {
  const records = new Map<string, Buffer>();
  let bytes = 0;
  return {
    add(key, record) {
      records.set(key.join("/"), record);
      bytes += record.length;
      for (const [oldest, { length }] of records) {
        if (bytes <= maxBytes) break;
        records.delete(oldest);
        bytes -= length;
      }
    },
    get: (key) => records.get(key.join("/")),
  };
}
