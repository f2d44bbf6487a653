import type { Redis } from "ioredis";
import type { StoreEntry } from "../store.ts";
import type { Scripted } from "./scripts.ts";

/** Entries, and by each family's index the lists of them. */
export function createEntries(redis: Redis & Scripted) {
  return {
    get: async (key: string): Promise<Buffer | undefined> => (await redis.getBuffer(key)) ?? undefined,
    async set(key: string, value: string | Buffer, { ttlMs = 0 }: { ttlMs?: number } = {}): Promise<void> {
      await redis.setEntry(key, indexOf(key), value, ttlMs);
    },
    async delete(key: string): Promise<void> {
      await redis.deleteEntry(key, indexOf(key));
    },
    async list(prefix: string): Promise<StoreEntry[]> {
      const keys = ((await redis.listEntries(indexOf(prefix))) as string[]).filter((key) =>
        key.startsWith(prefix),
      );
      if (keys.length === 0) return [];
      const values = await redis.mgetBuffer(keys);
      return keys.flatMap((key, index) => {
        const value = values[index];
        return value ? { key, value } : [];
      });
    },
  };
}

/** Keys that are listed together begin alike: `tmon:incident:…`, `tmon:roles:…`. */
export function indexOf(key: string): string {
  const [family] = /^(tmon:)?[^:]*:/.exec(key) ?? [key];
  return `tmon:index:${family}`;
}
