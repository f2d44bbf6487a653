import type { Admin } from "kafkajs";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Aside, createAside } from "../../../src/bus/kafka/aside.ts";
import { createClient } from "../../../src/bus/kafka/client.ts";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { kafkaConfig } from "../support/test-bus.ts";
import { newTopic } from "./support.ts";

describe.skipIf(lacks("kafka"))("on Kafka, questions aside", () => {
  const kafka = useKafka();

  function openAside(): Aside {
    const aside = createAside(createClient(kafkaConfig(kafka().brokers), pino({ level: "silent" })));
    onTestFinished(() => aside.close());
    return aside;
  }
  const itself = async (admin: Admin) => admin;

  test("go over connections that are kept, also where a broker answers no", async () => {
    const { topic } = await newTopic(kafka());
    const { ask } = openAside();
    const first = await ask(itself);
    const offsets = (name: string) => ask((admin) => admin.fetchTopicOffsets(name));
    await expect(offsets("forgotten")).rejects.toMatchObject({ code: "TMON_BUS_UNREACHABLE" });
    expect(await offsets(topic)).toHaveLength(4);
    expect(await ask(itself)).toBe(first);
  });

  test("are given up when there is no answer in time; the next one has connections of its own", async () => {
    const { topic } = await newTopic(kafka());
    const { ask } = openAside();
    const first = await ask(itself);
    await expect(ask(() => new Promise(() => {}), 10)).rejects.toMatchObject({
      code: "TMON_BUS_UNREACHABLE",
      message: expect.stringContaining("no answer"),
    });
    expect(await ask((admin) => admin.fetchTopicOffsets(topic))).toHaveLength(4);
    expect(await ask(itself)).not.toBe(first);
  });
});
