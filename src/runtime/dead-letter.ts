import type { Delivery } from "../bus/bus.ts";
import { messageOf, TmonError } from "../errors.ts";
import { letterHeaders } from "../messages/dead-letter.ts";
import { createOutage } from "../observability/outage.ts";
import { publishUntilDone } from "./publish.ts";
import type { RoleContext } from "./role.ts";

/**
 * Moves messages that cannot be read to `dead-letters`, their bytes as they came, and acknowledges each once
 * that is durable. Tries until then, or until the signal: the message then stays for its next owner.
 */
export function createDeadLetters(
  context: Pick<RoleContext, "bus" | "config" | "log" | "metrics"> & { group: string },
  signal: AbortSignal,
): (delivery: Delivery, error: unknown) => Promise<void> {
  const { config, log, metrics, group } = context;
  const topic = config.topics["dead-letters"].name;
  const outage = createOutage(log, {
    begins: "dead letters cannot be written: they wait",
    ends: "dead letters are written again",
  });

  return async (delivery, error) => {
    const code = error instanceof TmonError ? error.code : "TMON_INTERNAL";
    const { topic: from, partition, offset, timestamp } = delivery;
    const source = { topic: from, partition, offset, timestamp };
    const letter = {
      topic,
      key: delivery.key,
      value: delivery.value,
      headers: { ...delivery.headers, ...letterHeaders({ code, reason: messageOf(error), source, group }) },
    };
    await publishUntilDone(context, [letter], signal, outage);
    delivery.acknowledge();
    metrics.messagesSent.inc({ topic });
    metrics.deadLetters.inc({ topic: source.topic, code });
    log.warn(
      { ...source, code, error: messageOf(error) },
      "a message could not be read: moved to dead-letters",
    );
  };
}
