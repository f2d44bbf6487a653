const leastPerSecond = 5;
const startShare = 1 / 4;
/** Where a key has no limit: the rate at which a slow start is over. */
const unlimitedPerSecond = 100;

export interface SlowStart {
  begin(now: number): void;
  /** ms until the next call may go out; 0 when no slow start is on. */
  waitMs(now: number): number;
  sent(now: number): void;
}

/**
 * After a rate that rose too fast: from max(5/s, a quarter of the full rate), doubling every second until
 * the full rate is reached.
 */
export function createSlowStart(fullPerSecond: number | undefined): SlowStart {
  const full = fullPerSecond ?? unlimitedPerSecond;
  const start = Math.max(leastPerSecond, full * startShare);
  let begunAt = Number.NEGATIVE_INFINITY;
  let sentAt = Number.NEGATIVE_INFINITY;
  return {
    begin(now) {
      begunAt = now;
      sentAt = now;
    },
    waitMs(now) {
      const rate = start * 2 ** Math.floor((now - begunAt) / 1000);
      return rate >= full ? 0 : Math.max(0, sentAt + 1000 / rate - now);
    },
    sent(now) {
      sentAt = now;
    },
  };
}
