import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { v4 as uuid } from "uuid";
import { messageOf } from "../../errors.ts";
import { type CountedCall, slotAgainMs } from "../room.ts";
import type { QuotaGrant, QuotaRequest, Share } from "../store.ts";
import type { StoreClock } from "./clock.ts";
import type { Scripted } from "./scripts.ts";
import { partOf, roomInShareMs, turnOf } from "./share.ts";

/** A call this replica made; `at` by its own clock that never jumps. */
interface OwnCall extends CountedCall {
  /** By the server's clock, epoch ms, and what stands there in the server's set. */
  serverAt: number;
  member: string;
}

/** One group's windows and slots, as far as this replica filled them. */
interface Group {
  longestMs: number;
  calls: OwnCall[];
  /** The calls that hold a slot: until when, by the server's clock. */
  open: Map<string, number>;
  /** How many did when the server went away: no more may until it is back. */
  openWhenLost: number;
}

const epochKey = "tmon:quota-epoch";
const coverageKey = "tmon:quota-coverage";
const nobody = "";
/** The others count on a replica's partitions for so long after it last said that they are its. */
const coverMs = 3_000;
/** By how much the clocks may run apart meanwhile. */
const clockGuardMs = 100;
/** A refusal is asked again after this: Redis may be back. */
const awayAgainMs = 250;

/**
 * Sliding windows: the reservations themselves are kept, so that a window is exact whoever asks and whenever.
 *
 * The windows have an epoch. A server that has lost them begins a new one and grants nothing for 2 s, while
 * every replica tells it again what it was granted in the longest window.
 *
 *   shared -(a command fails)-> waiting -(the server no longer counts on us)-> by its share
 *      \-------------------(told what it sent, covered)------------------------/
 *
 * The server grants no more than what falls to partitions that replicas cover, so that there is room for one that
 * is cut off: it keeps to its share.
 */
export function createQuotas(
  redis: Redis & Scripted,
  clock: Pick<StoreClock, "now" | "errorMs">,
  log: Logger,
) {
  const groups = new Map<string, Group>();
  let known = nobody;
  let telling: Promise<void> | undefined;
  let share: Share = { partitions: [], of: 1 };
  let away = false;
  /** Until when the others may count on our partitions. */
  let coveredUntil = 0;
  let aloneSince: number | undefined;

  function groupOf({ group, limits }: QuotaRequest): Group {
    const found = groups.get(group) ?? { longestMs: 0, calls: [], open: new Map(), openWhenLost: 0 };
    groups.set(group, found);
    for (const { windowMs } of limits) found.longestMs = Math.max(found.longestMs, windowMs);
    const since = performance.now() - 2 * found.longestMs;
    while (found.calls[0] && found.calls[0].at < since) found.calls.shift();
    return found;
  }

  async function tellAgain(epoch: string): Promise<void> {
    for (const [name, { longestMs, calls, open }] of groups) {
      const since = performance.now() - longestMs;
      const recent = calls.filter(({ at }) => at > since);
      const told = recent.flatMap(({ serverAt, member }) => [serverAt, member]);
      if (told.length > 0) await redis.tellCallsAgain(callsKey(name), Math.ceil(longestMs) + 1000, ...told);
      const slots = [...open].flatMap(([member, until]) => [until, member]);
      const ttl = Math.ceil(Math.max(0, ...open.values()) - clock.now()) + 1000;
      if (slots.length > 0 && ttl > 0) await redis.tellCallsAgain(openKey(name), ttl, ...slots);
    }
    known = epoch;
    // What was sent by the share from here on would be told to nobody.
    coveredUntil = performance.now() + coverMs;
  }

  function agreeOn(epoch: string): Promise<void> {
    telling ??= tellAgain(epoch).finally(() => {
      telling = undefined;
    });
    return telling;
  }

  function lose(error: unknown): void {
    if (!away)
      log.error({ error: messageOf(error) }, "quotas cannot be shared: each replica keeps to its share");
    if (!away) for (const group of groups.values()) group.openWhenLost = group.open.size;
    away = true;
    known = nobody;
  }

  async function reserveShared(request: QuotaRequest, own: Group): Promise<QuotaGrant> {
    const { group, limits, slots, tokens = 0 } = request;
    const asked = limits.flatMap(({ unit, limit, windowMs }) => [unit, limit, windowMs]);
    const id = uuid();
    const told = known;
    const wheel = [share.of, turnOf(group)];
    const places = [slots?.limit ?? 0, slots?.ttlMs ?? 0];
    const keys = [callsKey(group), epochKey, coverageKey, openKey(group)];
    const answer = await redis.reserveCall(...keys, id, told, tokens, ...wheel, ...places, ...asked);
    const [epoch, at, waitMs] = answer as [string, string, string?];
    if (at !== "") {
      const member = `${id} ${tokens}`;
      own.calls.push({ at: performance.now(), serverAt: Number(at), tokens, member });
      if (slots) own.open.set(member, Number(at) + slots.ttlMs);
      return { granted: true, id: member };
    }
    if (epoch === told) return { granted: false, retryAfterMs: Number(waitMs) };
    if (epoch !== known) await agreeOn(epoch);
    return reserveShared(request, own);
  }

  function reserveAlone({ group, limits, slots, tokens = 0 }: QuotaRequest, own: Group): QuotaGrant {
    const at = performance.now();
    if (telling || at < coveredUntil) return { granted: false, retryAfterMs: awayAgainMs };
    aloneSince ??= at;
    const window = { group, calls: own.calls, since: aloneSince };
    const waits = limits.map((limit) => roomInShareMs(limit, window, tokens, share, at));
    const retryAfterMs = Math.max(0, ...waits);
    if (retryAfterMs > 0) return { granted: false, retryAfterMs: Math.min(retryAfterMs, awayAgainMs) };
    if (slots && own.open.size >= Math.min(own.openWhenLost, partOf(slots.limit, share, group)))
      return { granted: false, retryAfterMs: slotAgainMs };
    const member = `${uuid()} ${tokens}`;
    // Rather too late than too early: what is told counts until then and a window more.
    own.calls.push({ at, serverAt: clock.now() + clock.errorMs(), tokens, member });
    if (slots) own.open.set(member, clock.now() + slots.ttlMs);
    return { granted: true, id: member };
  }

  return {
    async reserve(request: QuotaRequest): Promise<QuotaGrant> {
      const own = groupOf(request);
      if (!away)
        try {
          return await reserveShared(request, own);
        } catch (error) {
          lose(error);
        }
      return reserveAlone(request, own);
    },

    /** Never rejects: with the server away it is where it is tried whether it is back. */
    async cover(next: Share): Promise<void> {
      const gained = next.partitions.some((partition) => !share.partitions.includes(partition));
      share = next;
      // What their last owner sent counts for one more window.
      if (gained && aloneSince !== undefined) aloneSince = performance.now();
      try {
        for (;;) {
          const told = known;
          const until = clock.now() + coverMs;
          // Without the epoch the server does not take it.
          if (told !== nobody) coveredUntil = performance.now() + coverMs + clock.errorMs() + clockGuardMs;
          const epoch = String(
            await redis.coverPartitions(coverageKey, epochKey, uuid(), told, until, ...next.partitions),
          );
          if (epoch === told) break;
          await agreeOn(epoch);
        }
        if (away) log.info("quotas are shared again");
        away = false;
        aloneSince = undefined;
      } catch (error) {
        lose(error);
      }
    },

    async giveBack(group: string, member: string): Promise<void> {
      const own = groups.get(group);
      if (own) own.calls = own.calls.filter((call) => call.member !== member);
      own?.open.delete(member);
      // What the server still counts is one call too few, not one too many.
      if (away) return;
      await Promise.all([redis.zrem(callsKey(group), member), redis.zrem(openKey(group), member)]);
    },

    async countFromNow(group: string, member: string): Promise<void> {
      const own = groups.get(group);
      const call = own?.calls.find((one) => one.member === member);
      if (own && call) {
        own.calls = [...own.calls.filter((one) => one !== call), call];
        Object.assign(call, { at: performance.now(), serverAt: clock.now() + clock.errorMs() });
      }
      if (away) return;
      const at = await redis.countFromNow(callsKey(group), member);
      if (call) call.serverAt = Number(at);
    },

    async endCall(group: string, member: string, tokens?: number): Promise<void> {
      const own = groups.get(group);
      own?.open.delete(member);
      const call = own?.calls.find((one) => one.member === member);
      const settled = tokens === undefined ? member : `${member.split(" ")[0]} ${tokens}`;
      if (call) Object.assign(call, { member: settled, tokens: tokens ?? call.tokens });
      if (!away) await redis.endCall(callsKey(group), openKey(group), member, settled);
    },
  };
}

/** The braces keep a group's keys together where keys are spread over servers. */
function callsKey(group: string): string {
  return `tmon:quota:{${group}}:calls`;
}

function openKey(group: string): string {
  return `tmon:quota:{${group}}:open`;
}
