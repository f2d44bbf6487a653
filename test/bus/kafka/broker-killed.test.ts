import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import { type KafkaCluster, useKafka } from "../../support/kafka.ts";
import { readableLog } from "../../support/log.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { collect, numbered } from "../support/collect.ts";
import { kafkaConfig } from "../support/test-bus.ts";
import { lagOf, newTopic } from "./support.ts";

const partitions = 4;

/** A producer that never rests, of one bus, and a member of a group, of another. */
async function startLoad(cluster: KafkaCluster) {
  const { topic, group, bus } = await newTopic(cluster);
  const [one, other] = [await bus(), await bus()];
  const member = await collect(other, { group, topics: [topic] });
  let produced = 0;
  let isEnding = false;
  const producing = (async () => {
    for (; !isEnding; produced++) {
      await one.produce(numbered(topic, 1, { partitions, from: produced }));
      await delay(20);
    }
  })();
  const delivered = () => new Set(member.values()).size;
  return {
    /** Work goes on: what is produced from now on is delivered too. */
    async goesOn(what: string) {
      const before = Math.max(produced, delivered());
      const isDelivered = () => delivered() > before + 25;
      await Promise.race([until(isDelivered, { what }), producing]).catch((error) => {
        const state = {
          before,
          produced,
          delivered: delivered(),
          troubles: [one.trouble(), other.trouble()],
        };
        throw new Error(`${error.message}: ${JSON.stringify(state)}`);
      });
    },
    async end() {
      isEnding = true;
      await producing;
      // While a leader is elected the lag cannot be asked for.
      const lag = () => lagOf(one, group, topic).catch(() => undefined);
      await until(async () => (await lag()) === 0);
      expect(delivered()).toBe(produced);
    },
  };
}

describe.skipIf(lacks("kafka"))("on Kafka, when brokers go away under load", () => {
  const kafka = useKafka({ alone: true });

  test("one of three is killed, then each of the others restarted: nothing is lost, and work goes on", async () => {
    const load = await startLoad(kafka());
    await load.goesOn("before");
    onTestFinished(() => kafka().restore());
    kafka().signal(2, "SIGKILL");
    await load.goesOn("without broker 2");
    await kafka().restart(2);
    for (const id of [1, 3] as const) {
      kafka().signal(id, "SIGTERM");
      await kafka().restart(id);
      await load.goesOn(`after broker ${id} is back`);
    }
    await load.end();
  }, 300_000);

  test("one of three is frozen: nothing is lost or refused, and work goes on before it thaws", async () => {
    const load = await startLoad(kafka());
    await load.goesOn("before");
    onTestFinished(() => kafka().restore());
    kafka().signal(3, "SIGSTOP");
    await load.goesOn("while broker 3 is frozen");
    await load.end();
  });

  test("all are killed: a member says once that it lost its group, and once that it has it again", async () => {
    const { topic, group, bus } = await newTopic(kafka());
    const { log, lines } = readableLog("debug");
    const ending = new AbortController().signal;
    const config = kafkaConfig(kafka().brokers);
    const watched = await openKafkaBus({ kafka: config, topics: [topic], log, ending });
    onTestFinished(() => watched.close());
    const member = await collect(watched, { group, topics: [topic] });
    await until(() => member.consumer.assignment().length === partitions);

    // As roles measure their lag: then the library's last word is not always of the same broker.
    const asking = setInterval(() => lagOf(watched, group, topic).catch(() => {}), 1_000);
    onTestFinished(() => clearInterval(asking));

    lines.length = 0;
    onTestFinished(() => kafka().restore());
    for (const id of [1, 2, 3] as const) kafka().signal(id, "SIGKILL");
    const reasons = () =>
      lines.flatMap(({ msg }) => /^Crash: .*(connect ECONNREFUSED .*)/.exec(msg)?.[1] ?? []);
    await until(() => new Set(reasons()).size > 1, { timeoutMs: 120_000, what: "it failed for two reasons" });
    await kafka().restore();
    const told = (start: string) => lines.filter(({ msg }) => msg.startsWith(start));
    await until(() => told("the consumer has its group again").length > 0);
    expect(told("the consumer lost its group")).toMatchObject([{ group }]);
    await (await bus()).produce(numbered(topic, 1, { partitions }));
    await until(() => member.deliveries.length > 0);
  }, 300_000);
});
