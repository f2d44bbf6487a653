import { z } from "zod";

export interface Usage {
  used: number;
  /** Null where there is none. */
  limit: number | null;
}

/** A key as all schedulers together see it; null is what they do not tell. */
export interface KeyRow {
  id: string;
  key: string | null;
  group: string | null;
  model: string | null;
  state: string;
  /** Why it is not healthy. */
  reason: string | null;
  usableAt: string | null;
  inFlight: number;
  calls: number;
  failures: number;
  throttled: number | null;
  /** Of the scheduler that calls it most. */
  p50Ms: number | null;
  p95Ms: number | null;
  costYuan: number | null;
  /** In the last minute, of the key's group. */
  requests: Usage | null;
  tokens: Usage | null;
}

const text = z.string().nullish().catch(null);
const figure = z.number().nullish().catch(null);
const count = z.number().catch(0);

const keySchema = z.looseObject({
  id: z.string(),
  key: text,
  group: text,
  model: text,
  state: z.string(),
  reason: text,
  usableAt: text,
  inFlight: count,
  calls: count,
  failures: count,
  throttled: figure,
  latencyMs: z.looseObject({ p50: figure, p95: figure }).nullish().catch(null),
  costYuan: figure,
});
const usageSchema = z.looseObject({ usedMinute: z.number(), limitMinute: figure }).nullish().catch(null);
const groupSchema = z.looseObject({ id: z.string(), requests: usageSchema, tokens: usageSchema });
/** A scheduler of another version may tell more, or less. */
const statsSchema = z.looseObject({
  keys: z.array(keySchema).catch([]),
  groups: z.array(groupSchema).catch([]),
});

/** The worst first: what a key is in for any scheduler, it is. */
export const keyStates = ["disabled", "cooling", "probing", "draining"];

function rank(state: string): number {
  const place = keyStates.indexOf(state);
  return place < 0 ? keyStates.length : place;
}

export function keysOf(schedulers: readonly Record<string, unknown>[]): KeyRow[] {
  const byId = new Map<string, KeyRow>();
  for (const stats of schedulers) {
    const { keys, groups } = statsSchema.parse(stats);
    for (const key of keys) {
      const group = groups.find(({ id }) => id === key.group);
      const row: KeyRow = {
        id: key.id,
        key: key.key ?? null,
        group: key.group ?? null,
        model: key.model ?? null,
        state: key.state,
        reason: key.reason ?? null,
        usableAt: key.usableAt ?? null,
        inFlight: key.inFlight,
        calls: key.calls,
        failures: key.failures,
        throttled: key.throttled ?? null,
        p50Ms: key.latencyMs?.p50 ?? null,
        p95Ms: key.latencyMs?.p95 ?? null,
        costYuan: key.costYuan ?? null,
        requests: usageOf(group?.requests),
        tokens: usageOf(group?.tokens),
      };
      const other = byId.get(key.id);
      byId.set(key.id, other ? together(other, row) : row);
    }
  }
  return [...byId.values()];
}

function usageOf(usage: z.output<typeof usageSchema>): Usage | null {
  return usage ? { used: usage.usedMinute, limit: usage.limitMinute ?? null } : null;
}

function together(one: KeyRow, other: KeyRow): KeyRow {
  const worse = rank(other.state) < rank(one.state) ? other : one;
  const busier = other.calls > one.calls ? other : one;
  return {
    ...worse,
    inFlight: one.inFlight + other.inFlight,
    calls: one.calls + other.calls,
    failures: one.failures + other.failures,
    throttled: sum(one.throttled, other.throttled),
    p50Ms: busier.p50Ms,
    p95Ms: busier.p95Ms,
    costYuan: sum(one.costYuan, other.costYuan),
    // Each scheduler tells of its own calls; the limit is that of all.
    requests: usedTogether(one.requests, other.requests),
    tokens: usedTogether(one.tokens, other.tokens),
  };
}

function sum(one: number | null, other: number | null): number | null {
  return one === null && other === null ? null : (one ?? 0) + (other ?? 0);
}

function usedTogether(one: Usage | null, other: Usage | null): Usage | null {
  if (one === null || other === null) return one ?? other;
  return { used: one.used + other.used, limit: one.limit ?? other.limit };
}
