import { setTimeout as delay } from "node:timers/promises";
import { backOffMs } from "./back-off.ts";

const backOff = { baseMs: 200, maxMs: 5_000 };

/**
 * Runs the action until it succeeds, waiting longer and longer between attempts; `onFailure` hears of each
 * that failed. Rejects only with the signal's reason.
 */
export async function untilDone<T>(
  action: () => Promise<T>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      onFailure(error);
    }
    await delay(backOffMs(attempt, backOff), undefined, { signal });
  }
}
