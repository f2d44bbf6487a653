import { setTimeout as delay } from "node:timers/promises";
import type { Bus, OutgoingMessage } from "../bus/bus.ts";
import { backOffMs } from "./back-off.ts";

const backOff = { baseMs: 200, maxMs: 5_000 };

/**
 * Resolves when the messages are durable, trying again with back-off for as long as the bus refuses them.
 * `onFailure` hears of each refused attempt. Rejects only with the signal's reason.
 */
export async function publishUntilDone(
  bus: Bus,
  messages: readonly OutgoingMessage[],
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await bus.produce(messages);
    } catch (error) {
      onFailure(error);
    }
    await delay(backOffMs(attempt, backOff), undefined, { signal });
  }
}
