import { setTimeout as delay } from "node:timers/promises";
import type { Outage } from "../observability/outage.ts";
import { backOffMs } from "./back-off.ts";

const backOff = { baseMs: 200, maxMs: 5_000 };

/**
 * Runs the action until it succeeds, waiting longer and longer between attempts; the outage hears how each went.
 * Rejects only with the signal's reason.
 */
export async function untilDone<T>(
  action: () => Promise<T>,
  signal: AbortSignal,
  outage: Outage,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      const result = await action();
      outage.done(action);
      return result;
    } catch (error) {
      outage.failed(error, action);
    }
    await delay(backOffMs(attempt, backOff), undefined, { signal });
  }
}
