import { z } from "zod";

/** What a person says of a key: no new calls for now, or none and wait until the open ones are over. */
export type KeyOrder = "disable" | "drain";

/** A key as all schedulers together use it; null is what they do not tell. */
export interface KeyUse {
  id: string;
  /** Masked. */
  key: string | null;
  account: string | null;
  /** Its quota group. */
  group: string | null;
  model: string | null;
  /** The worst that a scheduler says; the next four are of the same. */
  state: string;
  /** Why it is not healthy, and the error's code. */
  reason: string | null;
  reasonCode: string | null;
  /** ISO 8601; null if it may be used now, or nobody knows when. */
  usableAt: string | null;
  /** What a person said of it. */
  order: KeyOrder | null;
  inFlight: number;
  calls: number;
  failures: number;
  throttled: number | null;
  promptTokens: number | null;
  completionTokens: number | null;
  costYuan: number | null;
  /** Of the scheduler that calls it most. */
  latencyMs: { p50: number | null; p95: number | null };
  /** In the last minute, of the key's group. */
  requests: QuotaUse | null;
  tokens: QuotaUse | null;
}

export interface QuotaUse {
  used: number;
  /** Null where there is none. */
  limit: number | null;
}

/** The worst first: what a key is in for any scheduler, it is. */
export const keyStates = ["draining", "disabled", "cooling", "probing", "healthy"];

const text = z.string().nullable().catch(null);
const figure = z.number().nullable().catch(null);
const count = z.number().catch(0);

const keySchema = z.object({
  id: z.string(),
  key: text,
  account: text,
  group: text,
  model: text,
  state: z.string(),
  reason: text,
  reasonCode: text,
  usableAt: text,
  order: z.enum(["drain", "disable"]).nullable().catch(null),
  inFlight: count,
  calls: count,
  failures: count,
  throttled: figure,
  promptTokens: figure,
  completionTokens: figure,
  costYuan: figure,
  latencyMs: z.object({ p50: figure, p95: figure }).catch({ p50: null, p95: null }),
});
const usageSchema = z
  .object({ usedMinute: z.number(), limitMinute: figure })
  .transform(({ usedMinute, limitMinute }): QuotaUse => ({ used: usedMinute, limit: limitMinute }))
  .nullable()
  .catch(null);
const groupSchema = z.object({ id: z.string(), requests: usageSchema, tokens: usageSchema });
/** A scheduler of another version may tell more, or less. */
const statsSchema = z.object({ keys: z.array(keySchema).catch([]), groups: z.array(groupSchema).catch([]) });

/** The keys of a scheduler, as it tells of them in its heartbeat and at /api/scheduler/stats. */
export function keysOf(stats: Record<string, unknown>): KeyUse[] {
  const { keys, groups } = statsSchema.parse(stats);
  return keys.map((key) => {
    const group = groups.find(({ id }) => id === key.group);
    return { ...key, requests: group?.requests ?? null, tokens: group?.tokens ?? null };
  });
}

/** A key that several schedulers use is one. */
export function keysTogether(schedulers: readonly Record<string, unknown>[]): KeyUse[] {
  const byId = new Map<string, KeyUse>();
  for (const key of schedulers.flatMap(keysOf)) {
    const other = byId.get(key.id);
    byId.set(key.id, other ? together(other, key) : key);
  }
  return [...byId.values()];
}

function together(one: KeyUse, other: KeyUse): KeyUse {
  const worse = rank(other) < rank(one) ? other : one;
  const busier = other.calls > one.calls ? other : one;
  return {
    ...worse,
    inFlight: one.inFlight + other.inFlight,
    calls: one.calls + other.calls,
    failures: one.failures + other.failures,
    throttled: sum(one.throttled, other.throttled),
    promptTokens: sum(one.promptTokens, other.promptTokens),
    completionTokens: sum(one.completionTokens, other.completionTokens),
    costYuan: sum(one.costYuan, other.costYuan),
    latencyMs: busier.latencyMs,
    // Each scheduler tells of its own calls; the limit is that of all.
    requests: usedTogether(one.requests, other.requests),
    tokens: usedTogether(one.tokens, other.tokens),
  };
}

function rank({ state }: KeyUse): number {
  const place = keyStates.indexOf(state);
  return place < 0 ? keyStates.length : place;
}

function sum(one: number | null, other: number | null): number | null {
  return one === null && other === null ? null : (one ?? 0) + (other ?? 0);
}

function usedTogether(one: QuotaUse | null, other: QuotaUse | null): QuotaUse | null {
  if (one === null || other === null) return one ?? other;
  return { used: one.used + other.used, limit: one.limit ?? other.limit };
}
