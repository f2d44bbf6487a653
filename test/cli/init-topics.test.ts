import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { administer, plainKafka } from "../bus/kafka/support.ts";
import { useKafka } from "../support/kafka.ts";
import { lacks } from "../support/machine.ts";
import { runTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();
let made = 0;

describe.skipIf(lacks("kafka"))("tmon init-topics", () => {
  const kafka = useKafka();

  /** A kafka.yaml with topics of its own names, as few partitions as possible. */
  function configure({
    partitions = 2,
    replicas = "",
    retentionMs = 3_600_000,
    name = `set-${made++}`,
  } = {}) {
    const dir = join(directory, `config-${made++}`);
    mkdirSync(dir);
    const keys = [
      "detection_results",
      "assessment_tasks",
      "risk_assessment_results",
      "incidents",
      "dead_letters",
    ];
    const topic = (key: string) =>
      `    ${key}: { name: ${name}-${key}, partitions: ${partitions}, retention_ms: ${retentionMs}${replicas} }`;
    const text = `kafka:\n  bootstrap_servers: ${kafka().brokers.join(",")}\n  topics:\n${keys.map(topic).join("\n")}\n`;
    writeFileSync(join(dir, "kafka.yaml"), text);
    return { name, dir, run: (...args: string[]) => init(dir, args) };
  }

  async function init(dir: string, args: string[]) {
    const result = await runTmon([
      "init-topics",
      "--bus",
      "kafka",
      "--config-dir",
      dir,
      "-o",
      "json",
      ...args,
    ]);
    return { ...result, json: result.stdout === "" ? undefined : JSON.parse(result.stdout) };
  }

  async function found(topic: string): Promise<{ partitions: number; replicas: number | undefined }> {
    const admin = plainKafka(kafka()).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.disconnect();
    const partitions = topics[0]!.partitions;
    return { partitions: partitions.length, replicas: partitions[0]?.replicas.length };
  }

  const driftIn = (json: { topics: { topic: string; drift: object[] }[] }) =>
    json.topics.flatMap(({ drift }) => drift);

  it("creates what is missing, as configured, and finds nothing to do when run again", async () => {
    const { name, run } = configure();
    expect((await run("--check")).exitCode).toBe(1);
    const dry = await run("--dry-run");
    expect(dry.json.wouldDo).toHaveLength(5);
    expect((await run("--check")).json.topics.every(({ exists }: { exists: boolean }) => !exists)).toBe(true);

    const first = await run();
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.json).toMatchObject({ asWanted: true, brokers: 3 });
    expect(first.json.done).toHaveLength(5);
    expect(await found(`${name}-incidents`)).toEqual({ partitions: 2, replicas: 3 });
    const again = await run();
    expect(again.json).toMatchObject({ asWanted: true, done: [] });
    expect(await run("--check")).toMatchObject({ exitCode: 0, json: { asWanted: true } });
  });

  it("--check names each difference and alters none; --apply alters them and keeps other settings", async () => {
    const { name, run } = configure();
    await run();
    const topic = `${name}-detection_results`;
    const admin = plainKafka(kafka()).admin();
    await admin.connect();
    const type = 2;
    const configEntries = [
      { name: "retention.ms", value: "1000" },
      { name: "flush.messages", value: "12345" },
    ];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type, name: topic, configEntries }] });

    const check = await run("--check");
    expect(check.exitCode).toBe(1);
    const drift = { setting: "retention.ms", wanted: "3600000", found: "1000" };
    expect(driftIn(check.json)).toContainEqual(drift);
    expect(driftIn((await run()).json)).toContainEqual(drift);

    expect((await run("--apply")).json.asWanted).toBe(true);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type, name: topic }],
    });
    await admin.disconnect();
    const flush = resources[0]?.configEntries.find(({ configName }) => configName === "flush.messages");
    expect(flush?.configValue).toBe("12345");
  });

  it("raises the pipeline's partitions together with --apply; without, it refuses to leave them unequal", async () => {
    const { name, run } = configure();
    await run();
    const more = configure({ name, partitions: 4 });
    const refused = await more.run();
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("TMON_TOPIC_DRIFT");
    expect((await more.run("--apply")).json.asWanted).toBe(true);
    for (const key of ["detection_results", "assessment_tasks", "risk_assessment_results"])
      expect(await found(`${name}-${key}`)).toMatchObject({ partitions: 4 });
    const fewer = await configure({ name, partitions: 2 }).run("--apply");
    expect(fewer.exitCode).toBe(2);
    expect(fewer.stderr).toContain("cannot be taken away");
  });

  it("--check advises what works: with partitions there are too many of, not to create what is missing", async () => {
    const { name, run } = configure({ partitions: 4 });
    await run();
    await administer(kafka(), (admin) => admin.deleteTopics({ topics: [`${name}-incidents`] }));
    const { dir } = configure({ name, partitions: 2 });
    const check = await runTmon(["init-topics", "--bus", "kafka", "--config-dir", dir, "--check"]);
    expect(check.exitCode).toBe(1);
    expect(check.stdout).toMatch(new RegExp(`^${name}-incidents +topic +2 partitions +missing$`, "m"));
    expect(check.stderr).toContain("set partitions: 4 for all three in kafka.yaml");
    expect(check.stderr).toContain("set `partitions` in kafka.yaml to what is there");
    expect(check.stderr).not.toContain("creates what is missing");
    expect(check.stderr).not.toContain("alters what is otherwise");
  });

  it("--dry-run says each thing once, and that nothing was changed; what is done is told as done", async () => {
    const { name, dir } = configure();
    const args = ["init-topics", "--bus", "kafka", "--config-dir", dir, "--replication-factor", "2"];
    const dry = await runTmon([...args, "--dry-run"]);
    expect(dry.stdout).toMatch(
      new RegExp(`^${name}-incidents: would create it with 2 partitions and 2 replicas$`, "m"),
    );
    expect(dry.stdout.split("\n")).toHaveLength(5);
    expect(dry.stderr).toContain("nothing was changed");
    const done = await runTmon(args);
    expect(done.stderr).toContain(`${name}-incidents: created with 2 partitions and 2 replicas`);
    for (const { stderr } of [dry, done])
      expect(stderr).toContain(
        "new topics get 2 replicas, not 3: a message counts as written when one broker has it",
      );
  });

  it("more replicas than brokers are refused until fewer are asked for", async () => {
    const { name, run } = configure({ replicas: ", replication_factor: 5" });
    const refused = await run();
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/TMON_BROKERS_TOO_FEW[\s\S]*--replication-factor 3/);
    expect((await run("--replication-factor", "1")).exitCode).toBe(0);
    expect(await found(`${name}-dead_letters`)).toEqual({ partitions: 2, replicas: 1 });
  });

  it("ends with 3 when no broker answers", async () => {
    const away = { TMON_KAFKA_BROKERS: "127.0.0.1:1" };
    const { exitCode, stderr } = await runTmon(["init-topics", "--bus", "kafka"], away);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("TMON_BUS_UNREACHABLE: Kafka does not answer: connect ECONNREFUSED 127.0.0.1:1");
  });

  it("says in a table what is otherwise, and refuses the embedded bus", async () => {
    const { name, dir } = configure();
    const table = await runTmon(["init-topics", "--bus", "kafka", "--config-dir", dir, "--check"]);
    expect(table.exitCode).toBe(1);
    expect(table.stdout).toMatch(/^TOPIC +SETTING +WANTED +FOUND\n/);
    expect(table.stdout).toMatch(new RegExp(`^${name}-incidents +topic +2 partitions +missing$`, "m"));
    const embedded = await runTmon(["init-topics", "--data-dir", join(directory, "data")]);
    expect(embedded).toMatchObject({ exitCode: 2, stdout: "" });
    expect(embedded.stderr).toContain("--bus kafka");
  });
});
