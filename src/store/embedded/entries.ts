import type { RootDatabase } from "lmdb";
import type { StoreEntry } from "../store.ts";

/** Removed in one transaction, so that a sweep never blocks other writers for long. */
const sweepAtMost = 500;
const expiryBytes = 8;

export type Entries = ReturnType<typeof createEntries>;

/**
 * Keys with values that may expire. A value is kept behind its expiry (epoch ms, float64). An expired entry
 * is gone for readers at once; the sweep gives its pages back.
 */
export function createEntries(root: RootDatabase) {
  // Compressed, for what LMDB reads stays mapped: the file's size is the process's resident set in the end.
  const values = root.openDB<Buffer, string>({ name: "entries", encoding: "binary", compression: true });
  /** [expiry, key]; an entry that was set again since has a later one too. */
  const expiries = root.openDB<null, [number, string]>({ name: "expiries" });

  function get(key: string, now: number): Buffer | undefined {
    const stored = values.get(key);
    return stored && expiryOf(stored) > now ? stored.subarray(expiryBytes) : undefined;
  }

  return {
    get,
    set(key: string, value: Buffer, expiresAt: number): void {
      const stored = Buffer.allocUnsafe(expiryBytes + value.length);
      stored.writeDoubleBE(expiresAt);
      value.copy(stored, expiryBytes);
      values.put(key, stored);
      if (expiresAt !== Number.POSITIVE_INFINITY) expiries.put([expiresAt, key], null);
    },
    delete: (key: string): void => void values.remove(key),
    list(prefix: string, now: number): StoreEntry[] {
      const found: StoreEntry[] = [];
      for (const key of values.getKeys({ start: prefix })) {
        if (!key.startsWith(prefix)) break;
        const value = get(key, now);
        if (value) found.push({ key, value });
      }
      return found;
    },
    anyExpired(now: number): boolean {
      const [first] = expiries.getKeys({ limit: 1 });
      return first !== undefined && first[0] <= now;
    },
    sweep(now: number): void {
      for (const expiry of [...expiries.getKeys({ limit: sweepAtMost })]) {
        const [at, key] = expiry;
        if (at > now) break;
        const stored = values.get(key);
        if (stored && expiryOf(stored) <= now) values.remove(key);
        expiries.remove(expiry);
      }
    },
  };
}

function expiryOf(stored: Buffer): number {
  return stored.readDoubleBE(0);
}
