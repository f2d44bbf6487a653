import { pino } from "pino";
import { kafkaConfig } from "../../../test/bus/support/test-bus.ts";
import type { Client } from "./client.ts";

type Built = Pick<typeof import("../../../src/bus/kafka/open.ts"), "openKafkaBus">;

/** The bus with its defaults, as it was built: what loads it from source gives every closure a name, one by one. */
export async function openTmon(address: string, topics: readonly string[]): Promise<Client> {
  const { openKafkaBus }: Built = await import(
    `${new URL("../../../dist/bus/kafka/open.js", import.meta.url)}`
  );
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
