import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { collect, numbered } from "../support/collect.ts";
import { lagOf, newTopic } from "./support.ts";

describe.skipIf(lacks("kafka"))("on Kafka, its brokers killed", () => {
  const kafka = useKafka({ alone: true });
  const partitions = 4;

  test("one of three brokers is killed under load: nothing is lost, and work goes on", async () => {
    const { topic, group, bus } = await newTopic(kafka());
    const one = await bus();
    const member = await collect(await bus(), { group, topics: [topic] });
    let produced = 0;
    let wanted = Number.POSITIVE_INFINITY;
    const producing = (async () => {
      for (; produced < wanted; produced++) {
        await one.produce(numbered(topic, 1, { partitions, from: produced }));
        await delay(5);
      }
    })();
    await until(() => member.deliveries.length > 50);
    kafka().signal(2, "SIGKILL");
    onTestFinished(() => kafka().restart(2), 90_000);
    const before = produced;
    await until(() => produced > before + 200, { timeoutMs: 40_000 });
    wanted = produced;
    await producing;
    // While a leader is elected the lag cannot be asked for.
    const lag = () => lagOf(one, group, topic).catch(() => undefined);
    await until(async () => (await lag()) === 0, { timeoutMs: 60_000 });
    expect(new Set(member.values()).size).toBe(produced);
  }, 120_000);
});
