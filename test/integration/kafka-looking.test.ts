import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type KafkaCluster, useKafka } from "../support/kafka.ts";
import { lacks } from "../support/machine.ts";
import { runTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { topicKeys } from "../support/topic-keys.ts";

let made = 0;

/** Topics of its own, and commands that know them. */
async function newTopics({ brokers }: KafkaCluster) {
  const name = `looking-${process.pid}-${made++}`;
  const dir = temporaryDirectory();
  const topics = topicKeys.map((key) => `    ${key}: { name: ${name}-${key}, partitions: 4 }`);
  const servers = `  bootstrap_servers: ${brokers.join(",")}`;
  writeFileSync(join(dir, "kafka.yaml"), ["kafka:", servers, "  topics:", ...topics].join("\n"));
  const run = (...args: string[]) => runTmon([...args, "--bus", "kafka", "--config-dir", dir]);
  expect(await run("init-topics")).toMatchObject({ exitCode: 0 });
  return { run, nameOf: (key: string) => `${name}-${key}` };
}

describe.skipIf(lacks("kafka"))("what looks into Kafka", () => {
  const kafka = useKafka({ alone: true });

  test("answers with a broker just killed, as soon as others lead in its place", async () => {
    const { run } = await newTopics(kafka());
    onTestFinished(() => kafka().restore(), 90_000);
    kafka().signal(3, "SIGKILL");
    const commands = [["lag"], ["tail", "--all", "--until-end"], ["init-topics", "--check"], ["dlq", "list"]];
    const results = await Promise.all(commands.map((args) => run(...args)));
    expect(results).toMatchObject(commands.map(() => ({ exitCode: 0 })));
    expect(await run("init-topics", "--check")).toMatchObject({ exitCode: 0 });
  }, 120_000);
});
