import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { electionPatienceMs } from "../../src/terminal/reading.ts";
import { administer } from "../bus/kafka/support.ts";
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

  test("shows the rest where a topic is missing, and says which; what needs that one ends with 2", async () => {
    const { run, nameOf } = await newTopics(kafka());
    const [tasks, incidents] = [nameOf("assessment_tasks"), nameOf("incidents")];
    await administer(kafka(), (admin) => admin.deleteTopics({ topics: [tasks, incidents] }));
    const lag = await run("lag");
    expect(lag).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining(`no topic ${tasks}, ${incidents}`),
    });
    expect(lag.stdout).toMatch(new RegExp(`^tmon-scheduler +${tasks} +missing`, "m"));
    expect(lag.stdout).toMatch(new RegExp(`^tmon-generator +${nameOf("detection_results")} +0`, "m"));
    for (const args of [
      ["dlq", "list"],
      ["tail", "--all", "--until-end"],
    ])
      expect(await run(...args), args.join(" ")).toMatchObject({ exitCode: 0 });
    const trace = await run("trace", "nobody");
    expect(trace).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is in no topic") });
    for (const args of [
      ["lag", "--max", "5"],
      ["tail", "assessment-tasks", "--until-end"],
    ])
      expect((await run(...args)).stderr, args.join(" ")).toContain(
        `TMON_TOPIC_MISSING: Kafka has no topic ${tasks}\n`,
      );
  });

  test("answers with a broker just killed, as soon as others lead in its place", async () => {
    const { run } = await newTopics(kafka());
    onTestFinished(() => kafka().restore());
    kafka().signal(3, "SIGKILL");
    /** Its patience may end before a busy machine has others lead; without patience it would end at once. */
    const answerOf = async (...args: string[]) => {
      for (;;) {
        const since = performance.now();
        const result = await run(...args);
        if (result.exitCode !== 3) return result;
        expect(performance.now() - since, result.stderr).toBeGreaterThan(electionPatienceMs);
      }
    };
    const commands = [["lag"], ["tail", "--all", "--until-end"], ["init-topics", "--check"], ["dlq", "list"]];
    const results = await Promise.all(commands.map((args) => answerOf(...args)));
    for (const result of results) expect(result, result.stderr).toMatchObject({ exitCode: 0 });
    const again = await answerOf("init-topics", "--check");
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
  });
});
