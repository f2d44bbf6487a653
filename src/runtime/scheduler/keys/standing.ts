import type { TmonError } from "../../../errors.ts";
import { backOffMs } from "../../back-off.ts";

/** Probed again after this long, where the provider wants money. */
const probeEveryMs = 600_000;
const heldBackOff = { baseMs: 500, maxMs: 5_000 };
/** While its one probing call is open, it is looked at again after this. */
const probeLookMs = 100;

export const healths = ["healthy", "cooling", "probing", "disabled"] as const;
export type Health = (typeof healths)[number];

/** What a call that began at `startedAt` met at `now`. */
export interface Trouble {
  now: number;
  startedAt: number;
  reason: TmonError;
}

/**
 * Whether one of the things a call depends on may be used: a key, its quota group, its account, its model.
 *
 *   healthy -> cooling  -> probing     throttled, refused requests, several failures in a row
 *          \-> disabled (-> probing)   until it is enabled, or until the next probe
 *
 *   probing -> healthy                 its one call was answered
 *          \-> cooling | disabled      it failed again
 *
 * What comes of a call tells of the time the call began: one from before a change of state does not undo the change.
 */
export interface Standing {
  state(now: number): Health;
  /** ms from now until it may be used; Infinity if never again. */
  waitMs(now: number): number;
  /** Why it is not healthy; undefined if it is. */
  reason(): TmonError | undefined;
  /** A call begins; while it probes, it is the only one until it has ended. */
  sent(startedAt: number): void;
  /** Whatever came of the call. */
  ended(startedAt: number): void;
  /** True if it is healthy again by that. */
  succeeded(startedAt: number): boolean;
  cool(trouble: Trouble, forMs: number): void;
  /** Failures of one wave count once. */
  failed(trouble: Trouble): void;
  disable(trouble: Trouble, how: { probe: boolean }): void;
  /** Ends what has no end of its own, by a check that began at `startedAt`; true if it was disabled for good. */
  enable(startedAt: number): boolean;
  /** Nothing is held against it any more; what was in trouble is probed at once. */
  reset(now: number): void;
}

/** `threshold`: failures in a row until it cools. */
export function createStanding(threshold: number): Standing {
  const healthyFrom = (healthySince: number) => ({
    healthySince,
    troubledSince: healthySince,
    disabledUntil: 0,
    coolingUntil: 0,
    failuresInRow: 0,
    reason: undefined as TmonError | undefined,
  });
  let is = healthyFrom(Number.NEGATIVE_INFINITY);
  /** When the open probing call began. */
  let probe: number | undefined;

  function cool(until: number, { now, reason }: Trouble): void {
    is.coolingUntil = Math.max(is.coolingUntil, until);
    is.troubledSince = now;
    if (is.disabledUntil <= now) is.reason = reason;
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
      return is.reason && probe !== undefined ? probeLookMs : 0;
    },
    reason: () => is.reason,
    sent(startedAt) {
      if (is.reason) probe ??= startedAt;
    },
    ended(startedAt) {
      if (probe === startedAt) probe = undefined;
    },
    succeeded(startedAt) {
      if (startedAt < is.troubledSince) return false;
      is.failuresInRow = 0;
      if (!is.reason) return false;
      is = healthyFrom(startedAt);
      return true;
    },
    cool(trouble, forMs) {
      const { now, startedAt } = trouble;
      // Of a wave that is throttled, each may ask for longer; once that is over, its stragglers are late.
      if (startedAt < is.troubledSince && is.coolingUntil <= now) return;
      cool(now + forMs, trouble);
    },
    failed(trouble) {
      const { now, startedAt } = trouble;
      if (startedAt < is.troubledSince) return;
      is.failuresInRow += 1;
      if (is.failuresInRow < threshold) return;
      const wait = heldBackOff.baseMs + backOffMs(is.failuresInRow - threshold, heldBackOff);
      cool(now + Math.min(heldBackOff.maxMs, wait), trouble);
    },
    disable({ now, startedAt, reason }, { probe: isProbed }) {
      if (startedAt < is.healthySince) return;
      const until = isProbed ? now + probeEveryMs : Number.POSITIVE_INFINITY;
      is.disabledUntil = Math.max(is.disabledUntil, until);
      is.troubledSince = now;
      is.reason = reason;
    },
    enable(startedAt) {
      if (is.disabledUntil !== Number.POSITIVE_INFINITY || startedAt < is.troubledSince) return false;
      is = healthyFrom(startedAt);
      return true;
    },
    reset(now) {
      is = { ...healthyFrom(now), reason: is.reason };
      probe = undefined;
    },
  };
}
