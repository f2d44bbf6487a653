import type { Logger } from "pino";
import type { ApiKeyConfig, SchedulerConfig } from "../../../config/config.ts";
import { type ErrorCode, messageOf, type TmonError } from "../../../errors.ts";
import type { VlmError } from "../../../vlm/failure.ts";
import { backOffMs } from "../../back-off.ts";
import { createBlame } from "./blame.ts";
import type { KeyState } from "./key-state.ts";
import { createLeases, type Lease } from "./lease.ts";
import type { Quota, Reservation } from "./quota.ts";
import type { QuotaGroup } from "./quota-group.ts";
import { createKeyRegistry } from "./registry.ts";
import { createReserving } from "./reserving.ts";
import type { Health } from "./standing.ts";
import { createStrategy } from "./strategy.ts";
import { createTokenRatios } from "./token-ratios.ts";
import { createWakeUp } from "./wake-up.ts";

export interface AcquireOptions {
  /** Ids of keys to be used only when there is no other. */
  avoid?: ReadonlySet<string>;
  /** Ids of keys not to be used at all; asked each time one is chosen. */
  barred?: () => ReadonlySet<string>;
  /** The most tokens the call may use, by our own estimate; asked each time that it is to be reserved. */
  tokens?: () => number;
  signal: AbortSignal;
  /** Gives up when no key can be had within this time; by default it waits. */
  patienceMs?: number;
}

/** How a key stands: the worst of what it depends on, and what a person said of it. */
export interface KeyHealth {
  state: Health | "draining";
  reason: string | undefined;
  code?: ErrorCode | undefined;
}

export interface KeyPool {
  /** Undefined when patience ended, or no key will ever be usable. Rejects with the signal's reason. */
  acquire(options: AcquireOptions): Promise<Lease | undefined>;
  /** Why no key will be usable until a person or a check says otherwise, if so. */
  outOfService(): TmonError | undefined;
  /** Why no call can be made at the moment, as far as a person should know. */
  trouble(): string | undefined;
  keys(): readonly KeyState[];
  groups(): readonly QuotaGroup[];
  /**
   * A check that began at `startedAt` was answered: what is disabled for good comes back. That a provider takes the key
   * proves nothing to one that may not use its model; a call does.
   */
  answers(key: KeyState, startedAt: number, to: "key" | "call"): void;
  /** A check says it does not. */
  refused(key: KeyState, error: VlmError, startedAt: number): void;
  /** ms until the key may be used; Infinity if never. */
  waitMs(key: KeyState): number;
  healthOf(key: KeyState): KeyHealth;
  /** What a person says of a key; an id that is not there is no error. */
  order(keyId: string, order: KeyState["order"]): void;
  /** Forgets what is held against the key, its group, its account and its model. */
  reset(keyId: string): void;
  /** Other keys from now on; calls in flight go on. */
  replace(keys: readonly ApiKeyConfig[]): void;
}

const none: ReadonlySet<string> = new Set();
const forEver = Number.POSITIVE_INFINITY;
const stalledLookMs = 100;
/** Where a group has as many calls open or being reserved as it may: looked at again after this, or when one ends. */
const openLookMs = 1_000;
const storeBackOff = { baseMs: 200, maxMs: 5_000 };

/** Keys with many calls in flight each; acquire() waits for one whose windows and whose health allow a call. */
export function createKeyPool(
  configs: readonly ApiKeyConfig[],
  scheduler: SchedulerConfig,
  { quota, log }: { quota: Quota; log: Logger },
): KeyPool {
  const registry = createKeyRegistry(configs, scheduler);
  const strategy = createStrategy(scheduler.strategy);
  const blame = createBlame(scheduler);
  const wakeUp = createWakeUp();
  const leaseOf = createLeases({
    registry,
    ratios: createTokenRatios(),
    blame: blameAndLog,
    ended: wakeUp.next,
    givenBack,
    log,
  });
  let allFullUntil = 0;
  const reservingOfAll = createReserving();
  let store = { failures: 0, heldUntil: 0, trouble: undefined as string | undefined };

  function healthWait(key: KeyState, now: number): number {
    if (key.order !== "use") return Number.POSITIVE_INFINITY;
    let longest = 0;
    for (const standing of key.standings) longest = Math.max(longest, standing.waitMs(now));
    return longest;
  }

  /** ms until its health and its windows allow a call; 0 or less if they do. */
  function waitMs(key: KeyState, now: number): number {
    const { group } = key;
    const held = quota.counts(key) ? store.heldUntil : 0;
    const full = Math.max(key.fullUntil, group.fullUntil, allFullUntil, held);
    return Math.max(healthWait(key, now), group.slowStart.waitMs(now), full - now);
  }

  /** As many calls are open or being reserved as may be: nobody knows for how long. */
  function isCrowded(key: KeyState): boolean {
    const { concurrency, inFlight, reserving } = key.group;
    if (inFlight >= concurrency.allowed()) return true;
    const mayReserve = reserving.mayBegin() && key.reserving.mayBegin() && reservingOfAll.mayBegin();
    return quota.counts(key) && !mayReserve;
  }

  /** A stalled key is used only when every other key in service is stalled too. */
  function choose(
    now: number,
    avoid: ReadonlySet<string>,
    barred: ReadonlySet<string>,
  ): KeyState | undefined {
    const keys =
      barred.size === 0 ? registry.keys() : registry.keys().filter((key) => !barred.has(key.config.id));
    const moving = (key: KeyState) => !key.isStalled(now);
    const allStalled = !keys.some((key) => healthWait(key, now) === 0 && moving(key));
    const isFree = (key: KeyState) => waitMs(key, now) <= 0 && !isCrowded(key);
    const usable = keys.filter((key) => isFree(key) && (allStalled || moving(key)));
    const others = usable.filter((key) => !avoid.has(key.config.id));
    if (usable.length === 0) return undefined;
    return strategy(others.length > 0 ? others : usable);
  }

  /** ms until the first of them may be; and until it is worth a look, as nothing tells when a key is free again. */
  function soonest(now: number): { wait: number; look: number } {
    const waits = registry.keys().map((key) => {
      const wait = Math.max(0, waitMs(key, now));
      const lookMs = isCrowded(key) ? openLookMs : stalledLookMs;
      return { wait, look: Math.max(1, wait || lookMs) };
    });
    return {
      wait: Math.min(...waits.map(({ wait }) => wait)),
      look: Math.min(...waits.map(({ look }) => look)),
    };
  }

  async function reserve(key: KeyState, most: number): Promise<Lease | undefined> {
    const lease = leaseOf(key, most);
    const layers = { group: key.group.reserving, key: key.reserving, all: reservingOfAll };
    for (const reserving of Object.values(layers)) reserving.begin();
    const reservation = await quota.reserve(key, lease.tokens, performance.now()).catch(noteStoreFailure);
    const refused = reservation?.granted === false ? layers[reservation.full] : undefined;
    for (const reserving of Object.values(layers))
      reserving.ended(refused && reserving !== refused ? undefined : reservation?.granted === true);
    if (reservation && quota.counts(key)) store = { failures: 0, heldUntil: 0, trouble: undefined };
    if (!reservation?.granted) {
      lease.cancel();
      if (reservation) noteFull(key, reservation);
      return undefined;
    }
    const granted = lease.granted(reservation);
    if (granted.isFresh()) return granted;
    granted.giveBack();
    return undefined;
  }

  function noteFull(key: KeyState, { full, retryAfterMs }: Reservation & { granted: false }): void {
    const until = performance.now() + Math.max(1, retryAfterMs);
    if (full === "key") key.fullUntil = until;
    else if (full === "group") key.group.fullUntil = until;
    else allFullUntil = until;
  }

  function givenBack(key: KeyState): void {
    if (Math.max(key.fullUntil, key.group.fullUntil, allFullUntil) === 0) return;
    key.fullUntil = 0;
    key.group.fullUntil = 0;
    allFullUntil = 0;
    wakeUp.next();
  }

  function noteStoreFailure(error: unknown): undefined {
    if (!store.trouble) log.error({ error: messageOf(error) }, "the store is away: no calls of limited keys");
    // Those that were asked for together count once.
    if (performance.now() < store.heldUntil) return;
    store = {
      failures: store.failures + 1,
      heldUntil: performance.now() + backOffMs(store.failures, storeBackOff),
      trouble: `quotas cannot be reserved: ${messageOf(error)}`,
    };
  }

  function blameAndLog(key: KeyState, error: VlmError, call: { taskId: string; startedAt: number }): void {
    const before = healthOf(key).state;
    blame(key, error, { ...call, now: performance.now() });
    const { state } = healthOf(key);
    if (state === before) return;
    const ms = healthWait(key, performance.now());
    const until = Number.isFinite(ms) ? { seconds: Math.round(ms / 100) / 10 } : {};
    const { id: keyId } = key.config;
    const fields = { keyId, group: key.group.id, state, ...until, code: error.code, error: error.message };
    log.warn(fields, `an API key is ${state}: ${error.todo}`);
  }

  function healthOf(key: KeyState): KeyHealth {
    if (key.order !== "use")
      return key.order === "drain" && key.inFlight() > 0
        ? { state: "draining", reason: "it is being drained by tmon keys" }
        : { state: "disabled", reason: "disabled by tmon keys" };
    const now = performance.now();
    const standings = key.standings;
    for (const state of ["disabled", "cooling", "probing"] as const) {
      const standing = standings.find((one) => one.state(now) === state);
      const { message: reason, code } = standing?.reason() ?? {};
      if (standing) return { state, reason, code };
    }
    return { state: "healthy", reason: undefined };
  }

  function outOfService(): TmonError | undefined {
    const now = performance.now();
    const keys = registry.keys();
    if (keys.some((key) => Number.isFinite(healthWait(key, now)) || key.order !== "use")) return undefined;
    const reasons = keys.flatMap((key) => key.standings.map((standing) => standing.reason()));
    return reasons.find((reason) => reason !== undefined);
  }

  const byId = (keyId: string) => registry.keys().find(({ config }) => config.id === keyId);

  return {
    keys: registry.keys,
    groups: registry.groups,
    answers(key, startedAt, to) {
      const isRefuted = (code?: ErrorCode) => to === "call" || code === "TMON_VLM_KEY_REJECTED";
      const refuted = key.standings.filter((standing) => isRefuted(standing.reason()?.code));
      if (!refuted.map((standing) => standing.enable(startedAt)).includes(true)) return;
      log.info({ keyId: key.config.id }, "the provider answers an API key again that was disabled");
      wakeUp.all();
    },
    refused: (key, error, startedAt) => blameAndLog(key, error, { taskId: "", startedAt }),
    outOfService,
    healthOf,
    waitMs: (key) => Math.max(0, waitMs(key, performance.now())),
    order(keyId, order) {
      const key = byId(keyId);
      if (key === undefined || key.order === order) return;
      key.order = order;
      log.info({ keyId, order }, "an API key was given an order by tmon keys");
      wakeUp.all();
    },
    reset(keyId) {
      const key = byId(keyId);
      for (const standing of key ? key.standings : []) standing.reset(performance.now());
      wakeUp.all();
    },
    replace(keys) {
      registry.replace(keys);
      wakeUp.all();
    },
    trouble() {
      const keys = registry.keys();
      if (store.trouble && keys.every(quota.counts)) return store.trouble;
      if (keys.some((key) => !["disabled", "draining"].includes(healthOf(key).state))) return undefined;
      return `no API key is usable: ${keys.map((key) => `${key.config.id} is disabled`).join(", ")}`;
    },
    async acquire({ avoid = none, barred = () => none, tokens = () => 0, signal, patienceMs = forEver }) {
      const deadline = performance.now() + patienceMs;
      try {
        while (!outOfService()) {
          signal.throwIfAborted();
          const now = performance.now();
          const key = choose(now, avoid, barred());
          if (key) {
            wakeUp.next();
            const lease = await reserve(key, tokens());
            if (lease) return lease;
          } else {
            const { wait, look } = soonest(now);
            if (now >= deadline || now + wait > deadline) return undefined;
            await wakeUp.wait(Math.min(look, deadline - now), signal);
          }
        }
        return undefined;
      } finally {
        wakeUp.next();
      }
    },
  };
}
