/** What one key's requests, or all of them, amounted to. */
export interface RequestCounts {
  requests: number;
  inFlight: number;
  maxInFlight: number;
  /** The most requests that ever arrived within any 60 s, and any 1 s. */
  worstMinute: number;
  worstSecond: number;
}

export interface RequestCounter {
  arrived(): void;
  ended(): void;
  counts(): RequestCounts;
}

export function createRequestCounter(): RequestCounter {
  const minute = createWindow(60_000);
  const second = createWindow(1_000);
  let requests = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  return {
    arrived() {
      const now = performance.now();
      minute.add(now);
      second.add(now);
      requests += 1;
      inFlight += 1;
      maxInFlight = Math.max(maxInFlight, inFlight);
    },
    ended() {
      inFlight -= 1;
    },
    counts: () => ({
      requests,
      inFlight,
      maxInFlight,
      worstMinute: minute.worst(),
      worstSecond: second.worst(),
    }),
  };
}

/** The fullest sliding window so far: each ends with an arrival, so looking then misses none. */
function createWindow(lengthMs: number) {
  let times: number[] = [];
  let oldest = 0;
  let worst = 0;
  return {
    add(now: number): void {
      times.push(now);
      while ((times[oldest] ?? now) <= now - lengthMs) oldest += 1;
      worst = Math.max(worst, times.length - oldest);
      if (oldest > 10_000) {
        times = times.slice(oldest);
        oldest = 0;
      }
    },
    worst: () => worst,
  };
}
