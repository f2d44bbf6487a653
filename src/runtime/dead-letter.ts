import type { Delivery } from "../bus/bus.ts";
import { messageOf, TmonError } from "../errors.ts";
import { letterHeaders } from "../messages/dead-letter.ts";
import { publishUntilDone } from "./publish.ts";
import type { RoleContext } from "./role.ts";

/**
 * Moves a message that cannot be read to `dead-letters`, its bytes as they came, and acknowledges it once
 * that is durable. Tries until then, or until the signal: the message then stays for its next owner.
 */
export async function deadLetter(
  context: Pick<RoleContext, "bus" | "config" | "log" | "metrics"> & { group: string },
  delivery: Delivery,
  error: unknown,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { bus, config, log, metrics, group } = context;
  const topic = config.topics["dead-letters"].name;
  const code = error instanceof TmonError ? error.code : "TMON_INTERNAL";
  const { topic: from, partition, offset, timestamp } = delivery;
  const source = { topic: from, partition, offset, timestamp };
  const letter = {
    topic,
    key: delivery.key,
    value: delivery.value,
    headers: { ...delivery.headers, ...letterHeaders({ code, reason: messageOf(error), source, group }) },
  };
  await publishUntilDone(bus, [letter], signal, (failure) => {
    metrics.sendErrors.inc({ topic });
    log.error({ ...source, error: messageOf(failure) }, "a dead letter could not be written yet");
  });
  delivery.acknowledge();
  metrics.messagesSent.inc({ topic });
  metrics.deadLetters.inc({ topic: source.topic, code });
  log.warn(
    { ...source, code, error: messageOf(error) },
    "a message could not be read: moved to dead-letters",
  );
}
