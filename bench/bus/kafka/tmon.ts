import { pino } from "pino";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import { kafkaConfig } from "../../../test/bus/support/test-bus.ts";
import type { Client } from "./client.ts";

/** The bus with its defaults. */
export async function openTmon(address: string, topics: readonly string[]): Promise<Client> {
  const bus = await openKafkaBus({
    kafka: kafkaConfig([address]),
    topics,
    log: pino({ level: "silent" }),
    ending: new AbortController().signal,
  });
  return {
    write: (topic, messages) => bus.produce(messages.map((message) => ({ topic, ...message }))),
    read: (topic, group, onValue) =>
      bus.consume({
        group,
        topics: [topic],
        deliver(delivery) {
          onValue(delivery.value);
          delivery.acknowledge();
        },
      }),
    close: () => bus.close(),
  };
}
