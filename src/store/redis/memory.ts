import type { Redis } from "ioredis";

export interface MemoryWatch {
  /** Why nothing can be written, or undefined. */
  trouble(): string | undefined;
  stop(): void;
}

const everyMs = 2_000;
/** What one write may need: its own bytes count as used while the server reads it. */
const writeBytes = 1024 * 1024;

/** A full server that evicts nothing refuses whatever needs memory, and answers everything else as before. */
export function watchMemory(redis: Redis): MemoryWatch {
  let full: string | undefined;
  const timer = setInterval(async () => {
    const { used, limit } = await memoryOf(redis).catch(() => ({ used: 0, limit: 0 }));
    full =
      limit > 0 && used + writeBytes > limit
        ? `Redis is full: ${megabytes(used)} of ${megabytes(limit)}`
        : undefined;
  }, everyMs);
  return { trouble: () => full, stop: () => clearInterval(timer) };
}

/** Bytes; a limit of 0 is none. */
export async function memoryOf(redis: Redis): Promise<{ used: number; limit: number; policy: string }> {
  const info = await redis.info("memory");
  const of = (name: string) => new RegExp(`^${name}:(.*)$`, "m").exec(info)?.[1]?.trim();
  return {
    used: Number(of("used_memory") ?? 0),
    limit: Number(of("maxmemory") ?? 0),
    policy: of("maxmemory_policy") ?? "noeviction",
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
