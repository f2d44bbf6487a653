import type { TmonError } from "../../../errors.ts";
import { backOffMs } from "../../back-off.ts";

/** Probed again after this long, where the provider wants money. */
const probeEveryMs = 600_000;
const heldBackOff = { baseMs: 500, maxMs: 5_000 };

/**
 * Whether one of the things a call depends on may be used: a key, or a model at its base URL.
 *
 *   usable -> cooling  -> usable     throttled, refused requests
 *         \-> held     -> usable     several failures in a row: backed off
 *         \-> disabled (-> usable)   until it is enabled, or until the next probe
 */
export interface Standing {
  state(now: number): "usable" | "cooling" | "held" | "disabled";
  /** ms from now until it may be used; Infinity if never again. */
  waitMs(now: number): number;
  /** Why it is disabled. */
  reason(): TmonError | undefined;
  succeeded(): void;
  cool(now: number, forMs: number): void;
  /** A failure of a call that began at `startedAt`; those of one wave count once. */
  failed(now: number, startedAt: number): void;
  disable(now: number, reason: TmonError, how: { probe: boolean }): void;
  /** Ends what has no end of its own; true if it was disabled for good. */
  enable(): boolean;
}

/** `threshold`: failures in a row until it is held. */
export function createStanding(threshold: number): Standing {
  let disabled: { until: number; reason: TmonError } | undefined;
  let coolingUntil = 0;
  let heldUntil = 0;
  let heldSince = 0;
  let failuresInRow = 0;

  const disabledNow = (now: number) => (disabled && disabled.until > now ? disabled : undefined);

  return {
    state(now) {
      if (disabledNow(now)) return "disabled";
      if (coolingUntil > now) return "cooling";
      return heldUntil > now ? "held" : "usable";
    },
    waitMs: (now) => Math.max(0, (disabledNow(now)?.until ?? 0) - now, coolingUntil - now, heldUntil - now),
    reason: () => disabled?.reason,
    succeeded() {
      failuresInRow = 0;
      heldUntil = 0;
    },
    cool(now, forMs) {
      coolingUntil = Math.max(coolingUntil, now + forMs);
    },
    failed(now, startedAt) {
      if (startedAt < heldSince) return;
      failuresInRow += 1;
      if (failuresInRow < threshold) return;
      heldSince = now;
      const wait = heldBackOff.baseMs + backOffMs(failuresInRow - threshold, heldBackOff);
      heldUntil = now + Math.min(heldBackOff.maxMs, wait);
    },
    disable(now, reason, { probe }) {
      disabled = { until: probe ? now + probeEveryMs : Number.POSITIVE_INFINITY, reason };
    },
    enable() {
      if (disabled?.until !== Number.POSITIVE_INFINITY) return false;
      disabled = undefined;
      return true;
    },
  };
}
