import type { QuotaLimits, SchedulerConfig } from "../../../config/config.ts";
import type { QuotaLimit, QuotaRequest, Store } from "../../../store/store.ts";
import type { KeyState } from "./key-state.ts";

/** The operations of the store a quota needs. */
export type QuotaPort = Pick<Store, "reserve" | "giveBack" | "countFromNow" | "endCall">;

/** Beyond each window, for what the way to the provider varies by. */
const secondGuardMs = 50;
const minuteGuardMs = 300;
const mostLateMs = 500;
/** A call that nobody ends holds its slot for the longest a call may take, and this. */
const slotGuardMs = 5_000;

export type Reservation =
  | {
      granted: true;
      /** False where no limit counts the call: it may then be sent at any time. */
      counted: boolean;
      /** ms after it was asked for; later it may not be sent. */
      freshMs: number;
      giveBack(): Promise<void>;
      /** It goes on the wire later than the windows allow for: it counts from now on. */
      countFromNow(): Promise<void>;
      /** `tokens`: what the call used; undefined where nobody knows. */
      end(tokens: number | undefined): Promise<void>;
    }
  /** Whose window is full. */
  | { granted: false; retryAfterMs: number; full: "group" | "key" | "all" };

export interface Quota {
  /** Rejects when the store cannot be asked. `tokens`: the most the call may use. */
  reserve(key: KeyState, tokens: number, now: number): Promise<Reservation>;
  /** False for a key without limits: its calls need no store. */
  counts(key: KeyState): boolean;
}

interface Layer {
  full: "group" | "key" | "all";
  request: QuotaRequest;
}

type Config = Pick<SchedulerConfig, "globalQpsLimit" | "globalWindowMs" | "timeoutMs">;

/**
 * The limits a call is under, in windows that all schedulers share through the store: its quota group's, where that
 * is an account's its key's own too, and where one is set that of all keys together.
 */
export function createQuota(store: QuotaPort, { globalQpsLimit, globalWindowMs, timeoutMs }: Config): Quota {
  const slotMs = timeoutMs + slotGuardMs;
  const ofAll =
    globalQpsLimit === undefined
      ? []
      : [requests((globalQpsLimit * globalWindowMs) / 1000, 1, globalWindowMs, secondGuardMs)];

  function layersOf({ group, config }: KeyState, tokens: number, now: number): Layer[] {
    const layer = (full: Layer["full"], name: string, limits: QuotaLimits, share: number): Layer => ({
      full,
      request: {
        group: name,
        limits: limitsOf(limits, share),
        tokens,
        slots: limits.concurrency === undefined ? undefined : { limit: limits.concurrency, ttlMs: slotMs },
      },
    });
    const layers = [
      layer("group", group.id, group.limits, group.share(now)),
      ...(config.account ? [layer("key", `key:${config.id}`, config.limits, 1)] : []),
      { full: "all" as const, request: { group: "all-keys", limits: ofAll } },
    ];
    return layers.filter(({ request }) => request.limits.length > 0 || request.slots);
  }

  const counts = ({ group, config }: KeyState) =>
    ofAll.length > 0 || hasLimits(group.limits) || (config.account !== undefined && hasLimits(config.limits));

  return {
    counts,
    async reserve(key, tokens, now) {
      if (!counts(key)) return uncounted;
      const layers = layersOf(key, tokens, now);
      const held: { group: string; id: string }[] = [];
      const giveBack = async () => {
        await Promise.all(held.map(({ group, id }) => store.giveBack(group, id)));
      };
      for (const { full, request } of layers) {
        const grant = await store.reserve(request).catch(async (error: unknown) => {
          await giveBack().catch(() => {});
          throw error;
        });
        if (!grant.granted) {
          await giveBack();
          return { ...grant, full };
        }
        held.push({ group: request.group, id: grant.id });
      }
      return {
        granted: true,
        counted: true,
        freshMs: freshMs(layers),
        giveBack,
        async countFromNow() {
          await Promise.all(held.map(({ group, id }) => store.countFromNow(group, id)));
        },
        async end(used) {
          await Promise.all(
            layers.map(async ({ request }, index) => {
              const isKnown = used !== undefined && request.limits.some(({ unit }) => unit !== "requests");
              if (!isKnown && !request.slots) return;
              await store.endCall(request.group, held[index]!.id, isKnown ? used : undefined);
            }),
          );
        },
      };
    },
  };
}

/** No limit counts the call. */
const uncounted: Reservation = {
  granted: true,
  counted: false,
  freshMs: Number.POSITIVE_INFINITY,
  giveBack: async () => {},
  countFromNow: async () => {},
  end: async () => {},
};

/** Half of the shortest window: until then nobody was granted a call in the place that a late one leaves. */
function freshMs(layers: readonly Layer[]): number {
  const windows = layers.flatMap(({ request }) => request.limits.map(({ windowMs }) => windowMs));
  return Math.min(mostLateMs, ...windows.map((windowMs) => windowMs / 2));
}

const hasLimits = ({ qps, rpm, tps, tpm, concurrency }: QuotaLimits) =>
  (qps ?? rpm ?? tps ?? tpm ?? concurrency) !== undefined;

/** `share`: the part of each limit that is ours. */
function limitsOf({ qps, rpm, tps, tpm }: QuotaLimits, share: number): QuotaLimit[] {
  const limits: QuotaLimit[] = [];
  if (qps !== undefined) limits.push(requests(qps, share, 1_000, secondGuardMs));
  if (rpm !== undefined) limits.push(requests(rpm, share, 60_000, minuteGuardMs));
  if (tps !== undefined) limits.push({ unit: "token_bucket", limit: tps * share, windowMs: 1_000 });
  if (tpm !== undefined)
    limits.push({ unit: "tokens", limit: Math.floor(tpm * share), windowMs: 60_000 + minuteGuardMs });
  return limits;
}

/**
 * In whole calls: a limit below one request a window is one request in a longer window, and a part of a limit that is
 * no whole number is the next one in a longer window.
 */
function requests(limit: number, share: number, windowMs: number, guardMs: number): QuotaLimit {
  const stretch = Math.max(1, 1 / limit);
  const ours = Math.max(1, Math.floor(limit)) * share;
  const calls = Math.ceil(ours);
  return { unit: "requests", limit: calls, windowMs: (windowMs * stretch * calls) / ours + guardMs };
}
