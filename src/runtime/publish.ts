import type { Bus, OutgoingMessage } from "../bus/bus.ts";
import { untilDone } from "./retry.ts";

/**
 * Resolves when the messages are durable, trying again with back-off for as long as the bus refuses them.
 * `onFailure` hears of each refused attempt. Rejects only with the signal's reason.
 */
export function publishUntilDone(
  bus: Bus,
  messages: readonly OutgoingMessage[],
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  return untilDone(() => bus.produce(messages), signal, onFailure);
}
