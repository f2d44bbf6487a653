import { describe } from "vitest";
import type { Bus } from "../../../src/bus/bus.ts";
import { createTopics, useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { busContract } from "../contract.ts";
import { type KafkaTarget, openTestBus } from "../support/test-bus.ts";

describe.skipIf(lacks("kafka"))("on Kafka", () => {
  const kafka = useKafka();
  let made = 0;

  busContract("kafka", async () => {
    made += 1;
    const topics: [string, string] = [`first-${made}`, `second-${made}`];
    await createTopics(kafka(), topics);
    const target: KafkaTarget = { kind: "kafka", brokers: kafka().brokers, topics };
    const buses: Bus[] = [];
    return {
      topics,
      target,
      async bus() {
        const bus = await openTestBus(target);
        buses.push(bus);
        return bus;
      },
      close: async () => void (await Promise.all(buses.map((bus) => bus.close()))),
    };
  });
});
