import type { ApiKeyConfig, SchedulerConfig } from "../../../config/config.ts";
import type { QuotaLimit, Store } from "../../../store/store.ts";

/** The two operations of the store a quota needs. */
export type QuotaPort = Pick<Store, "reserve" | "giveBack">;

/** Beyond each window, for what the way to the provider varies by. */
const secondGuardMs = 50;
const minuteGuardMs = 300;

export type Reservation =
  | {
      granted: true;
      /** False where no limit counts the call: it may then be sent at any time. */
      counted: boolean;
      giveBack(): Promise<void>;
    }
  /** Whose window is full: the key's, or that of all keys. */
  | { granted: false; retryAfterMs: number; full: "key" | "all" };

export interface Quota {
  /** Rejects when the store is away: without it nothing is granted to a key with limits. */
  reserve(key: ApiKeyConfig): Promise<Reservation>;
  /** False for a key without limits: its calls need no store. */
  counts(key: ApiKeyConfig): boolean;
}

/**
 * The limits of flat keys, in windows that all schedulers share through the store: each key is a quota group
 * of its own, and all keys together are one where a global limit is set.
 */
export function createQuota(
  store: QuotaPort,
  { globalQpsLimit, globalWindowMs }: Pick<SchedulerConfig, "globalQpsLimit" | "globalWindowMs">,
): Quota {
  const globalLimits =
    globalQpsLimit === undefined
      ? []
      : [requests((globalQpsLimit * globalWindowMs) / 1000, globalWindowMs, secondGuardMs)];

  async function reserveIn(group: string, limits: readonly QuotaLimit[]) {
    if (limits.length === 0) return { granted: true as const, giveBack: async () => {} };
    const grant = await store.reserve({ group, limits });
    return grant.granted
      ? { granted: true as const, giveBack: () => store.giveBack(group, grant.id) }
      : grant;
  }

  const counts = (key: ApiKeyConfig) => limitsOf(key).length + globalLimits.length > 0;

  return {
    counts,
    async reserve(key) {
      const own = await reserveIn(`key:${key.id}`, limitsOf(key));
      if (!own.granted) return { ...own, full: "key" };
      const all = await reserveIn("all-keys", globalLimits).catch(async (error: unknown) => {
        await own.giveBack().catch(() => {});
        throw error;
      });
      if (!all.granted) {
        await own.giveBack();
        return { ...all, full: "all" };
      }
      return {
        granted: true,
        counted: counts(key),
        async giveBack() {
          await Promise.all([own.giveBack(), all.giveBack()]);
        },
      };
    },
  };
}

function limitsOf({ qpsLimit, rpmLimit }: ApiKeyConfig): QuotaLimit[] {
  const perSecond = qpsLimit === undefined ? [] : [requests(qpsLimit, 1_000, secondGuardMs)];
  const perMinute = rpmLimit === undefined ? [] : [requests(rpmLimit, 60_000, minuteGuardMs)];
  return [...perSecond, ...perMinute];
}

/** A limit below one request a window is one request in a longer window. */
function requests(limit: number, windowMs: number, guardMs: number): QuotaLimit {
  const stretch = Math.max(1, 1 / limit);
  return { unit: "requests", limit: Math.max(1, Math.floor(limit)), windowMs: windowMs * stretch + guardMs };
}
