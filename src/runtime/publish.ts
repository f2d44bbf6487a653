import type { OutgoingMessage } from "../bus/bus.ts";
import type { Outage } from "../observability/outage.ts";
import { untilDone } from "./retry.ts";
import type { RoleContext } from "./role.ts";

/**
 * Resolves when the messages, all of one topic, are durable, trying again with back-off for as long as the bus
 * refuses them; the outage hears how each attempt went. Rejects only with the signal's reason.
 */
export function publishUntilDone(
  { bus, metrics }: Pick<RoleContext, "bus" | "metrics">,
  messages: readonly OutgoingMessage[],
  signal: AbortSignal,
  outage: Outage,
): Promise<void> {
  const topic = messages[0]?.topic ?? "";
  const produce = () =>
    bus.produce(messages).catch((error: unknown) => {
      metrics.sendErrors.inc({ topic });
      throw error;
    });
  return untilDone(produce, signal, outage);
}
