import type { Logger } from "pino";
import type { ApiKeyConfig } from "../../../config/config.ts";
import { messageOf } from "../../../errors.ts";
import type { VlmAnswer } from "../../../vlm/client.ts";
import type { VlmError } from "../../../vlm/failure.ts";
import { blamedKeys } from "./blame.ts";
import type { KeyState } from "./key-state.ts";
import type { Reservation } from "./quota.ts";
import type { KeyRegistry } from "./registry.ts";
import type { TokenRatios } from "./token-ratios.ts";

/** The right to one call with one key. */
export interface Lease {
  readonly key: ApiKeyConfig;
  /** The most tokens a call may use for which it was asked. */
  readonly most: number;
  /** False once it is too late to send: the provider would count the call later than the window does. */
  isFresh(): boolean;
  /** It goes on the wire. */
  sent(): void;
  /** Not sent. */
  giveBack(): void;
  /** @param most the tokens it was reckoned to use at most; costYuan: where it is known */
  succeeded(answer: Pick<VlmAnswer, "latencyMs" | "usage">, most: number, costYuan: number | undefined): void;
  /**
   * `error` says whom it blames; anything else (an aborted call) blames nobody. Answers the ids of the keys it
   * speaks against. An answer that could not be used was paid for all the same: `costYuan`, where it is known.
   */
  failed(error: VlmError | undefined, taskId: string, costYuan?: number): readonly string[];
}

/** A lease whose reservation is being asked for: its call counts as open from here on. */
export interface PendingLease {
  /** What it is to reserve. */
  readonly tokens: number;
  granted(reservation: Reservation & { granted: true }): Lease;
  cancel(): void;
}

/** On the wire this long after it was asked for, a call is counted by the provider when our windows count it. */
export const promptMs = 50;
/**
 * Leases that may come too late before a task is sent nevertheless: where every connection takes that long,
 * all calls are delayed alike, and that leaves the windows as wide as they were.
 */
export const mostLate = 5;

interface LeaseParts {
  registry: KeyRegistry;
  ratios: TokenRatios;
  blame(key: KeyState, error: VlmError, call: { taskId: string; startedAt: number }): void;
  /** A call ended: others may begin. */
  ended(): void;
  /** Its windows have room again. */
  givenBack(key: KeyState): void;
  log: Logger;
}

export function createLeases({ registry, ratios, blame, ended, givenBack, log }: LeaseParts) {
  /** @param most the tokens a call may use at most, by our own estimate */
  return (key: KeyState, most: number): PendingLease => {
    const { group, config, standings } = key;
    const tokens = Math.ceil(most * ratios.of(config.model));
    const call = { at: performance.now() };
    const startedAt = call.at;
    key.openSince.add(call);
    group.inFlight += 1;
    // Now, not when it is granted: the next one to ask is to see it.
    group.slowStart.sent(startedAt);
    for (const standing of standings) standing.sent(startedAt);

    function close(): void {
      if (!key.openSince.delete(call)) return;
      group.inFlight -= 1;
      for (const standing of standings) standing.ended(startedAt);
      ended();
    }

    function granted(reservation: Reservation & { granted: true }): Lease {
      const settle = (work: Promise<void>) =>
        work.catch((error: unknown) =>
          log.debug({ keyId: config.id, error: messageOf(error) }, "a reservation was not settled"),
        );

      /** Once the store knows that it used less than was reserved, there is room for others before their time. */
      function settleUsed(used: number | undefined): void {
        const isLess = reservation.counted && used !== undefined && used < tokens;
        settle(isLess ? reservation.end(used).then(() => givenBack(key)) : reservation.end(used));
      }

      return {
        key: config,
        most,
        isFresh: () => performance.now() - startedAt <= reservation.freshMs,
        sent() {
          if (reservation.counted && performance.now() - startedAt > promptMs)
            settle(reservation.countFromNow());
        },
        giveBack() {
          settle(reservation.giveBack());
          givenBack(key);
          close();
        },
        succeeded({ latencyMs, usage }, mostOfCall, costYuan) {
          const used = usage && usage.promptTokens + usage.completionTokens;
          group.used(performance.now(), used ?? tokens);
          if (used !== undefined) ratios.note(config.model, used, mostOfCall);
          group.concurrency.answered(latencyMs, startedAt, group.inFlight);
          for (const latencies of [key.latencies, group.latencies, key.modelLatencies])
            latencies.add(latencyMs);
          key.noteOutcome("answered");
          key.noteUsage(usage, costYuan);
          const recovered = standings.map((standing) => standing.succeeded(startedAt));
          if (recovered.includes(true)) group.slowStart.begin(performance.now());
          settleUsed(used);
          close();
        },
        failed(error, taskId, costYuan) {
          const used = tokensOf(error);
          settleUsed(used);
          group.used(performance.now(), used ?? tokens);
          key.noteOutcome(error?.failure.code ?? "aborted");
          if (error === undefined) {
            close();
            return [config.id];
          }
          key.noteUsage(error.details.usage, costYuan);
          if (speaksOfLoad(error)) group.concurrency.congested(performance.now(), startedAt);
          blame(key, error, { taskId, startedAt });
          close();
          return blamedKeys(key, error, registry.keys());
        },
      };
    }

    return { tokens, granted, cancel: close };
  };
}

/** What an error response used up is nothing; of a call without a response nobody knows. */
function tokensOf(error: VlmError | undefined): number | undefined {
  const { status, usage } = error?.details ?? {};
  if (usage) return usage.promptTokens + usage.completionTokens;
  return status !== undefined && status >= 400 && status < 500 && status !== 408 ? 0 : undefined;
}

const loadCodes = new Set([
  "TMON_VLM_THROTTLED",
  "TMON_VLM_SERVER_ERROR",
  "TMON_VLM_TIMEOUT",
  "TMON_VLM_UNREACHABLE",
]);

function speaksOfLoad({ code }: VlmError): boolean {
  return loadCodes.has(code);
}
