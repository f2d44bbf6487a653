import type { QuotaGrant, QuotaRequest } from "../store.ts";
import type { Scripted } from "./scripts.ts";

/** Sliding windows: the reservations themselves are kept, so that a window is exact whoever asks and whenever. */
export function createQuotas(redis: Scripted) {
  return {
    async reserve({ group, limits, tokens = 0 }: QuotaRequest): Promise<QuotaGrant> {
      const asked = limits.flatMap(({ unit, limit, windowMs }) => [unit, limit, windowMs]);
      const answer = await redis.reserveCall(callsKey(group), nextIdKey(group), tokens, ...asked);
      const [id, retryAfterMs] = answer as [string, string?];
      return id === "" ? { granted: false, retryAfterMs: Number(retryAfterMs) } : { granted: true, id };
    },
  };
}

/** The braces keep a group's keys together where keys are spread over servers. */
export function callsKey(group: string): string {
  return `tmon:quota:{${group}}:calls`;
}

function nextIdKey(group: string): string {
  return `tmon:quota:{${group}}:next-id`;
}
