const leastPerSecond = 5;
const startShare = 1 / 4;
/** Where a group has no limit: the rate at which a slow start is over. */
const unlimitedPerSecond = 100;
/** After so long without a call its windows are empty. */
const idleMs = 60_000;

export interface SlowStart {
  begin(now: number): void;
  /** ms until the next call may go out; 0 when no slow start is on. */
  waitMs(now: number): number;
  sent(now: number): void;
}

/**
 * At the start, after idling, a cool-down, and a rate that rose too fast: from max(5/s, a quarter of the full rate),
 * doubling every second until the full rate is reached.
 *
 * @param fullPerSecond undefined: no limit. Such a group starts slowly only where it is told to.
 */
export function createSlowStart(fullPerSecond: () => number | undefined): SlowStart {
  let begunAt = Number.NEGATIVE_INFINITY;
  let sentAt = Number.NEGATIVE_INFINITY;
  const isIdle = (now: number) => fullPerSecond() !== undefined && now - sentAt > idleMs;
  return {
    begin(now) {
      begunAt = now;
      sentAt = now;
    },
    waitMs(now) {
      if (isIdle(now)) return 0;
      const full = fullPerSecond() ?? unlimitedPerSecond;
      const start = Math.max(leastPerSecond, full * startShare);
      const rate = start * 2 ** Math.floor((now - begunAt) / 1000);
      return rate >= full ? 0 : Math.max(0, sentAt + 1000 / rate - now);
    },
    sent(now) {
      if (isIdle(now)) begunAt = now;
      sentAt = now;
    },
  };
}
