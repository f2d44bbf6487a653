import type { TmonError } from "../../../errors.ts";
import { backOffMs } from "../../back-off.ts";

/** Probed again after this long, where the provider wants money. */
const probeEveryMs = 600_000;
const heldBackOff = { baseMs: 500, maxMs: 5_000 };
/** While its one probing call is open, it is looked at again after this. */
const probeLookMs = 100;

export type Health = "healthy" | "cooling" | "probing" | "disabled";

/**
 * Whether one of the things a call depends on may be used: a key, its quota group, its account, its model.
 *
 *   healthy -> cooling  -> probing     throttled, refused requests, several failures in a row
 *          \-> disabled (-> probing)   until it is enabled, or until the next probe
 *
 *   probing -> healthy                 its one call was answered
 *          \-> cooling | disabled      it failed again
 */
export interface Standing {
  state(now: number): Health;
  /** ms from now until it may be used; Infinity if never again. */
  waitMs(now: number): number;
  /** Why it is not healthy; undefined if it is. */
  reason(): TmonError | undefined;
  /** A call begins; while it probes, it is the only one. */
  sent(): void;
  /** The call came to nothing that says anything of its health. */
  unsent(): void;
  /** True if it is healthy again by that. Of a call that began at `startedAt`. */
  succeeded(startedAt: number): boolean;
  cool(now: number, forMs: number, reason: TmonError): void;
  /** A failure of a call that began at `startedAt`; those of one wave count once. */
  failed(now: number, startedAt: number, reason: TmonError): void;
  disable(now: number, reason: TmonError, how: { probe: boolean }): void;
  /** Ends what has no end of its own; true if it was disabled for good. */
  enable(): boolean;
  /** Forgets everything. */
  reset(): void;
}

/** `threshold`: failures in a row until it cools. */
export function createStanding(threshold: number): Standing {
  const fresh = {
    disabledUntil: 0,
    coolingUntil: 0,
    troubledSince: 0,
    failuresInRow: 0,
    isProbed: false,
    reason: undefined as TmonError | undefined,
  };
  let is = { ...fresh };

  function trouble(now: number, reason: TmonError): void {
    is.troubledSince = now;
    is.isProbed = false;
    is.reason = reason;
  }

  return {
    state(now) {
      if (is.disabledUntil > now) return "disabled";
      if (is.coolingUntil > now) return "cooling";
      return is.reason ? "probing" : "healthy";
    },
    waitMs(now) {
      const until = Math.max(is.disabledUntil, is.coolingUntil);
      if (until > now) return until - now;
      return is.reason && is.isProbed ? probeLookMs : 0;
    },
    reason: () => is.reason,
    sent() {
      is.isProbed = is.reason !== undefined;
    },
    unsent() {
      is.isProbed = false;
    },
    succeeded(startedAt) {
      is.failuresInRow = 0;
      // An answer to what was asked before says nothing of how it is now.
      if (!is.reason || startedAt < is.troubledSince) return false;
      is = { ...fresh };
      return true;
    },
    cool(now, forMs, reason) {
      is.coolingUntil = Math.max(is.coolingUntil, now + forMs);
      trouble(now, reason);
    },
    failed(now, startedAt, reason) {
      if (startedAt < is.troubledSince) return;
      is.failuresInRow += 1;
      is.isProbed = false;
      if (is.failuresInRow < threshold) return;
      const wait = heldBackOff.baseMs + backOffMs(is.failuresInRow - threshold, heldBackOff);
      is.coolingUntil = Math.max(is.coolingUntil, now + Math.min(heldBackOff.maxMs, wait));
      trouble(now, reason);
    },
    disable(now, reason, { probe }) {
      is.disabledUntil = probe ? now + probeEveryMs : Number.POSITIVE_INFINITY;
      trouble(now, reason);
    },
    enable() {
      if (is.disabledUntil !== Number.POSITIVE_INFINITY) return false;
      is = { ...fresh };
      return true;
    },
    reset() {
      is = { ...fresh };
    },
  };
}
