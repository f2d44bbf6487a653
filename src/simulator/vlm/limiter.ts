import type { Limits } from "./options.ts";
import { createWindow } from "./window.ts";

/** Which of DashScope's errors a request meets that is over a limit. */
export type Throttle = "limit_requests" | "insufficient_quota" | "limit_burst_rate" | "Throttling";

/** Only what it took counts: what is refused does not fill a window. */
export interface Limiter {
  /** Undefined: it may come in. Its tokens are those of its answer too, as if they were known at once. */
  refusal(tokens: number, now: number): Throttle | undefined;
  take(tokens: number, now: number): void;
  /** One that was taken is over. */
  ended(): void;
}

export function createLimiter({ rpm, tpm, qps, tps, burst, concurrency }: Limits): Limiter {
  const minute = createWindow(60_000);
  const second = createWindow(1000);
  const twoSeconds = createWindow(2000);
  const most = {
    requests: rpm ?? Infinity,
    tokens: tpm ?? Infinity,
    requestsOfSecond: ofSecond(qps, rpm),
    rise: burst ?? Infinity,
    open: concurrency ?? Infinity,
  };
  const bucket = createBucket(ofSecond(tps, tpm));
  let open = 0;

  function isTooFast(now: number): boolean {
    const last = second.count(now);
    return last >= most.rise + 2 * (twoSeconds.count(now) - last);
  }

  return {
    refusal(tokens, now) {
      if (minute.count(now) >= most.requests) return "limit_requests";
      if (second.count(now) >= most.requestsOfSecond) return "limit_requests";
      if (minute.amount(now) + tokens > most.tokens || !bucket.holds(tokens, now))
        return "insufficient_quota";
      if (isTooFast(now)) return "limit_burst_rate";
      return open >= most.open ? "Throttling" : undefined;
    },
    take(tokens, now) {
      for (const window of [minute, second, twoSeconds]) window.add(now, tokens);
      bucket.take(tokens, now);
      open += 1;
    },
    ended() {
      open -= 1;
    },
  };
}

function ofSecond(told: number | "off" | undefined, ofMinute = Infinity): number {
  return told === "off" ? Infinity : (told ?? ofMinute / 60);
}

/**
 * Tokens a second, up to one second's in hand. A bucket and no window: requests are large beside a second's
 * tokens, and a window would leave unused whatever no whole request fits into. The largest empties it below
 * nothing.
 */
function createBucket(perSecond: number) {
  let level = perSecond;
  let at = 0;
  function fill(now: number): void {
    if (perSecond === Infinity) return;
    level = Math.min(perSecond, level + ((now - at) / 1000) * perSecond);
    at = now;
  }
  return {
    holds(tokens: number, now: number): boolean {
      fill(now);
      return level >= Math.min(tokens, perSecond);
    },
    take(tokens: number, now: number): void {
      fill(now);
      level -= tokens;
    },
  };
}
