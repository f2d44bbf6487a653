import type { Logger } from "pino";
import type { ApiKeyConfig, SchedulerConfig } from "../../../config/config.ts";
import { messageOf, type TmonError } from "../../../errors.ts";
import type { VlmError } from "../../../vlm/failure.ts";
import { backOffMs } from "../../back-off.ts";
import { createBlame } from "./blame.ts";
import { createKeyState, type KeyState } from "./key-state.ts";
import type { Quota, Reservation } from "./quota.ts";
import { createStanding, type Standing } from "./standing.ts";
import { createStrategy } from "./strategy.ts";
import { createWakeUp } from "./wake-up.ts";

/** The right to one call with one key. */
export interface Lease {
  readonly key: ApiKeyConfig;
  /** False once it is too late to send: the provider would count the call later than the window does. */
  isFresh(): boolean;
  /** Not sent. */
  giveBack(): void;
  succeeded(latencyMs: number): void;
  /** `error` says whom it blames; anything else (an aborted call) blames nobody. */
  failed(error: VlmError | undefined, taskId: string): void;
}

export interface AcquireOptions {
  /** Ids of keys to be used only when there is no other. */
  avoid?: ReadonlySet<string>;
  signal: AbortSignal;
  /** Gives up when no key can be had within this time; by default it waits. */
  patienceMs?: number;
}

export interface KeyPool {
  /** Undefined when patience ended, or no key will ever be usable. Rejects with the signal's reason. */
  acquire(options: AcquireOptions): Promise<Lease | undefined>;
  /** Why no key will be usable until a person or a check says otherwise, if so. */
  outOfService(): TmonError | undefined;
  /** Why no call can be made at the moment, as far as a person should know. */
  trouble(): string | undefined;
  readonly keys: readonly KeyState[];
  /** A check says the provider takes the key: one disabled for good comes back. */
  answers(key: KeyState): void;
  /** A check says it does not. */
  refused(key: KeyState, error: VlmError): void;
  /** ms until the key may be used; Infinity if never. */
  waitMs(key: KeyState): number;
  stateOf(key: KeyState): ReturnType<Standing["state"]>;
}

/** A reservation not on the wire this long after it was asked for is given back. */
const freshMs = 50;
const stalledLookMs = 100;
const storeBackOff = { baseMs: 200, maxMs: 5_000 };

/** Keys with many calls in flight each; acquire() waits for one whose windows, health and model allow a call. */
export function createKeyPool(
  configs: readonly ApiKeyConfig[],
  scheduler: SchedulerConfig,
  { quota, log }: { quota: Quota; log: Logger },
): KeyPool {
  const keys = configs.filter((key) => key.enabled).map((key) => createKeyState(key, scheduler));
  const models = new Map<string, Standing>();
  const strategy = createStrategy(scheduler.strategy);
  const blame = createBlame(scheduler, modelOf);
  const wakeUp = createWakeUp();
  let allFullUntil = 0;
  let store = { failures: 0, heldUntil: 0, trouble: undefined as string | undefined };

  function modelOf({ config }: KeyState): Standing {
    const name = `${config.baseUrl} ${config.model}`;
    const standing = models.get(name) ?? createStanding(scheduler.healthCheck.failureThreshold);
    models.set(name, standing);
    return standing;
  }

  const isCounted = (key: KeyState) => quota.counts(key.config);

  const healthWait = (key: KeyState, now: number) =>
    Math.max(key.standing.waitMs(now), modelOf(key).waitMs(now));

  const anyWait = (key: KeyState, now: number) =>
    Math.max(
      healthWait(key, now),
      key.slowStart.waitMs(now),
      Math.max(key.fullUntil, allFullUntil, isCounted(key) ? store.heldUntil : 0) - now,
    );

  /** A stalled key is used only when every other key in service is stalled too. */
  function choose(now: number, avoid: ReadonlySet<string>): KeyState | undefined {
    const moving = (key: KeyState) => !key.isStalled(now);
    const allStalled = !keys.some((key) => healthWait(key, now) === 0 && moving(key));
    const usable = keys.filter((key) => anyWait(key, now) <= 0 && (allStalled || moving(key)));
    const others = usable.filter((key) => !avoid.has(key.config.id));
    if (usable.length === 0) return undefined;
    return strategy(others.length > 0 ? others : usable);
  }

  const soonest = (now: number) => Math.min(...keys.map((key) => Math.max(stalledOrWait(key, now), 1)));
  const stalledOrWait = (key: KeyState, now: number) => anyWait(key, now) || stalledLookMs;

  async function reserve(key: KeyState): Promise<Lease | undefined> {
    const call = { at: performance.now() };
    key.openSince.add(call);
    const reservation = await quota.reserve(key.config).catch(noteStoreFailure);
    if (reservation && isCounted(key)) store = { failures: 0, heldUntil: 0, trouble: undefined };
    if (reservation?.granted) {
      const lease = leaseOf(key, call, reservation);
      if (lease.isFresh()) return lease;
      lease.giveBack();
      return undefined;
    }
    key.openSince.delete(call);
    if (reservation) noteFull(key, reservation);
    return undefined;
  }

  function noteFull(key: KeyState, { full, retryAfterMs }: Reservation & { granted: false }): void {
    const until = performance.now() + Math.max(1, retryAfterMs);
    if (full === "key") key.fullUntil = until;
    else allFullUntil = until;
  }

  function noteStoreFailure(error: unknown): undefined {
    if (!store.trouble) log.error({ error: messageOf(error) }, "the store is away: no calls of limited keys");
    store = {
      failures: store.failures + 1,
      heldUntil: performance.now() + backOffMs(store.failures, storeBackOff),
      trouble: `quotas cannot be reserved: ${messageOf(error)}`,
    };
  }

  function leaseOf(key: KeyState, call: { at: number }, reservation: Reservation & { granted: true }): Lease {
    const startedAt = call.at;
    key.slowStart.sent(startedAt);
    const end = () => {
      key.openSince.delete(call);
      wakeUp.all();
    };
    return {
      key: key.config,
      isFresh: () => !reservation.counted || performance.now() - startedAt <= freshMs,
      giveBack() {
        key.fullUntil = 0;
        reservation.giveBack().catch((error: unknown) => {
          log.debug({ keyId: key.config.id, error: messageOf(error) }, "a reservation was not given back");
        });
        end();
      },
      succeeded(latencyMs) {
        key.latencies.add(latencyMs);
        key.noteOutcome(true);
        key.standing.succeeded();
        modelOf(key).succeeded();
        end();
      },
      failed(error, taskId) {
        if (error) {
          key.noteOutcome(false);
          const before = stateOf(key);
          blame(key, error, { taskId, startedAt, now: performance.now() });
          logChange(key, before, error);
        }
        end();
      },
    };
  }

  function stateOf(key: KeyState) {
    const now = performance.now();
    const own = key.standing.state(now);
    return own === "usable" ? modelOf(key).state(now) : own;
  }

  function logChange(key: KeyState, before: string, error: VlmError): void {
    const state = stateOf(key);
    if (state === before) return;
    const ms = healthWait(key, performance.now());
    const until = Number.isFinite(ms) ? { seconds: Math.round(ms / 100) / 10 } : {};
    const fields = { keyId: key.config.id, state, ...until, code: error.code, error: error.message };
    log.warn(fields, `an API key is ${state}: ${error.todo}`);
  }

  function outOfService(): TmonError | undefined {
    const now = performance.now();
    const [first] = keys;
    if (!first || keys.some((key) => Number.isFinite(healthWait(key, now)))) return undefined;
    return first.standing.reason() ?? modelOf(first).reason();
  }

  return {
    keys,
    answers(key) {
      if (!key.standing.enable()) return;
      log.info({ keyId: key.config.id }, "an API key is taken again");
      wakeUp.all();
    },
    refused(key, error) {
      const now = performance.now();
      const before = stateOf(key);
      blame(key, error, { taskId: "", startedAt: now, now });
      logChange(key, before, error);
    },
    outOfService,
    stateOf,
    waitMs: (key) => Math.max(0, anyWait(key, performance.now())),
    trouble() {
      if (store.trouble && keys.every(isCounted)) return store.trouble;
      if (keys.some((key) => stateOf(key) !== "disabled")) return undefined;
      return `no API key is usable: ${keys.map((key) => `${key.config.id} is disabled`).join(", ")}`;
    },
    async acquire({ avoid = new Set(), signal, patienceMs = Number.POSITIVE_INFINITY }) {
      const deadline = performance.now() + patienceMs;
      while (!outOfService()) {
        signal.throwIfAborted();
        const now = performance.now();
        const key = choose(now, avoid);
        if (key) {
          const lease = await reserve(key);
          if (lease) return lease;
        } else {
          const wait = soonest(now);
          if (now + wait > deadline) return undefined;
          await wakeUp.wait(wait, signal);
        }
      }
      return undefined;
    },
  };
}
