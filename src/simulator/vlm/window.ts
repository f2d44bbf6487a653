/** What came within the last `lengthMs`, and the most that ever did: each window ends with an arrival. */
export interface SlidingWindow {
  /** Times never go back. */
  add(now: number, amount: number): void;
  count(now: number): number;
  amount(now: number): number;
  readonly worstCount: number;
  readonly worstAmount: number;
}

export function createWindow(lengthMs: number): SlidingWindow {
  let times: number[] = [];
  let amounts: number[] = [];
  let oldest = 0;
  let sum = 0;
  let worstCount = 0;
  let worstAmount = 0;

  function forget(now: number): void {
    while ((times[oldest] ?? now) <= now - lengthMs) sum -= amounts[oldest++] ?? 0;
    // Seldom enough that moving the rest costs next to nothing a request.
    if (oldest < 1000 || oldest < times.length / 2) return;
    times = times.slice(oldest);
    amounts = amounts.slice(oldest);
    oldest = 0;
  }

  return {
    add(now, amount) {
      forget(now);
      times.push(now);
      amounts.push(amount);
      sum += amount;
      worstCount = Math.max(worstCount, times.length - oldest);
      worstAmount = Math.max(worstAmount, sum);
    },
    count(now) {
      forget(now);
      return times.length - oldest;
    },
    amount(now) {
      forget(now);
      return sum;
    },
    get worstCount() {
      return worstCount;
    },
    get worstAmount() {
      return worstAmount;
    },
  };
}
