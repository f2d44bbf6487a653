import type { Usage } from "../../vlm/failure.ts";
import { createWindow } from "./window.ts";

/** What the requests of a key, of an account, or all of them, amounted to. */
export interface RequestCounts {
  requests: number;
  /** Answered requests by HTTP status; what was broken off stands nowhere. */
  answers: Record<string, number>;
  /** Answers 429, for whatever reason. */
  throttled: number;
  inFlight: number;
  maxInFlight: number;
  /** The most requests, and tokens asked for, that ever came within any 60 s; refused ones too. */
  worstMinute: number;
  worstMinuteTokens: number;
  worstSecond: number;
  /** Of the completions. */
  promptTokens: number;
  completionTokens: number;
}

export interface RequestCounter {
  arrived(): void;
  /** The whole request is here. */
  asked(tokens: number, now: number): void;
  answered(status: number, usage: Usage | undefined): void;
  ended(): void;
  counts(): RequestCounts;
}

export function createRequestCounter(): RequestCounter {
  const minute = createWindow(60_000);
  const second = createWindow(1000);
  const answers: Record<string, number> = {};
  const sums = { requests: 0, inFlight: 0, maxInFlight: 0, promptTokens: 0, completionTokens: 0 };
  return {
    arrived() {
      sums.requests += 1;
      sums.inFlight += 1;
      sums.maxInFlight = Math.max(sums.maxInFlight, sums.inFlight);
    },
    asked(tokens, now) {
      minute.add(now, tokens);
      second.add(now, tokens);
    },
    answered(status, usage) {
      answers[status] = (answers[status] ?? 0) + 1;
      sums.promptTokens += usage?.promptTokens ?? 0;
      sums.completionTokens += usage?.completionTokens ?? 0;
    },
    ended() {
      sums.inFlight -= 1;
    },
    counts: () => ({
      ...sums,
      answers: { ...answers },
      throttled: answers[429] ?? 0,
      worstMinute: minute.worstCount,
      worstMinuteTokens: minute.worstAmount,
      worstSecond: second.worstCount,
    }),
  };
}
