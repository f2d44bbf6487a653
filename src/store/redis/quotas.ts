import type { Redis } from "ioredis";
import { v4 as uuid } from "uuid";
import type { QuotaGrant, QuotaRequest } from "../store.ts";
import type { Scripted } from "./scripts.ts";

/** A call this replica was granted. */
interface Granted {
  /** By the server's clock, ms, as it wrote it. */
  at: string;
  member: string;
}

/** One group's windows, as far as this replica filled them. */
interface Group {
  longestMs: number;
  granted: Granted[];
}

const epochKey = "tmon:quota-epoch";
const nobody = "";

/**
 * Sliding windows: the reservations themselves are kept, so that a window is exact whoever asks and whenever.
 *
 * The windows have an epoch. A server that has lost them begins a new one and grants nothing for 2 s, while
 * every replica tells it again what it was granted in the longest window.
 */
export function createQuotas(redis: Redis & Scripted, now: () => number) {
  const groups = new Map<string, Group>();
  let known = nobody;
  let telling: Promise<void> | undefined;

  function groupOf({ group, limits }: QuotaRequest): Group {
    const found = groups.get(group) ?? { longestMs: 0, granted: [] };
    groups.set(group, found);
    for (const { windowMs } of limits) found.longestMs = Math.max(found.longestMs, windowMs);
    const since = now() - found.longestMs;
    while (found.granted[0] && Number(found.granted[0].at) < since) found.granted.shift();
    return found;
  }

  async function tellAgain(epoch: string): Promise<void> {
    for (const [name, { longestMs, granted }] of groups) {
      if (granted.length === 0) continue;
      const calls = granted.flatMap(({ at, member }) => [at, member]);
      await redis.tellCallsAgain(callsKey(name), Math.ceil(longestMs) + 1000, ...calls);
    }
    known = epoch;
  }

  async function reserve(request: QuotaRequest): Promise<QuotaGrant> {
    const { group, limits, tokens = 0 } = request;
    const own = groupOf(request);
    const asked = limits.flatMap(({ unit, limit, windowMs }) => [unit, limit, windowMs]);
    const id = uuid();
    const told = known;
    const answer = await redis.reserveCall(callsKey(group), epochKey, id, told, tokens, ...asked);
    const [epoch, at, waitMs] = answer as [string, string, string?];
    if (at !== "") {
      const member = `${id} ${tokens}`;
      own.granted.push({ at, member });
      return { granted: true, id: member };
    }
    if (epoch === told) return { granted: false, retryAfterMs: Number(waitMs) };
    if (epoch !== known) {
      telling ??= tellAgain(epoch).finally(() => {
        telling = undefined;
      });
      await telling;
    }
    return reserve(request);
  }

  return {
    reserve,
    async giveBack(group: string, member: string): Promise<void> {
      const own = groups.get(group);
      if (own) own.granted = own.granted.filter((call) => call.member !== member);
      await redis.zrem(callsKey(group), member);
    },
  };
}

/** The braces keep a group's keys together where keys are spread over servers. */
function callsKey(group: string): string {
  return `tmon:quota:{${group}}:calls`;
}
