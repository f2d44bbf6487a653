import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import kafkajs from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { undecodableHeader } from "../../src/bus/bus.ts";
import { letterHeaders } from "../../src/messages/dead-letter.ts";
import type { Report } from "../../src/runtime/report/report.ts";
import { plainKafka } from "../bus/kafka/support.ts";
import { useKafka } from "../support/kafka.ts";
import { lacks } from "../support/machine.ts";
import { type RunningRedis, startRedis } from "../support/redis.ts";
import { sharedFile } from "../support/shared.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { topicKeys } from "../support/topic-keys.ts";
import { until } from "../support/until.ts";

const config = join(temporaryDirectory(), "config");
const report = join(config, "r.json");

describe.skipIf(lacks("kafka", "redis", "ffmpeg", "video", "model"))("tmon up on Kafka and Redis", () => {
  const kafka = useKafka();
  let redis: RunningRedis;
  let env: Record<string, string>;
  const tmon = (...args: string[]) => runTmon(args, env);
  /** What it prints as JSON, a line a message. */
  async function linesOf(...args: string[]) {
    const { stdout, stderr, exitCode } = await tmon(...args, "-o", "json");
    expect(exitCode, stderr).toBe(0);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
  async function send(topic: string, message: { value: string; headers?: Record<string, string> }) {
    const producer = plainKafka(kafka()).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    await producer.send({ topic, messages: [{ ...message, partition: 0 }] });
    await producer.disconnect();
  }

  beforeAll(async () => {
    const lines = topicKeys.map((key) => `    ${key}: { name: road-${key}, partitions: 4 }`);
    mkdirSync(config);
    writeFileSync(
      join(config, "kafka.yaml"),
      `kafka:\n  bootstrap_servers: ${kafka().brokers.join(",")}\n  topics:\n${lines.join("\n")}\n`,
    );
    redis = await startRedis();
    env = { TMON_REDIS_URL: redis.url, TMON_BUS: "kafka", TMON_CONFIG_DIR: config };
  });
  afterAll(() => redis?.stop());

  it("wants its topics, then loses nothing and repeats nothing", async () => {
    const camera = `file:${sharedFile("videos/road.mp4")}?loop=1`;
    const model = sharedFile("models/yolox_nano.onnx");
    const options = ["--interval", "500ms", "--for", "6s", "--port", "0", "--report", report];
    const run = () => tmon("up", "--camera", camera, "--model", model, "--vlm", "sim", ...options);

    const early = await run();
    expect(early.exitCode).toBe(2);
    expect(early.stderr).toMatch(/TMON_TOPIC_MISSING[\s\S]*tmon init-topics/);
    expect((await tmon("init-topics")).exitCode).toBe(0);
    await send("road-detection_results", { value: "no JSON" });

    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    const result = JSON.parse(readFileSync(report, "utf8")) as Report;
    expect(result.run).toMatchObject({ bus: "kafka", store: "redis" });
    expect(result).toMatchObject({ lost: 0, pending: 0, duplicates: 0, repeats: 0 });
    expect(result.messages.results).toBe(result.messages.tasks);
    expect(result.messages.tasks).toBeGreaterThan(3);
  });

  it("lag says that everything is done, and what is not", async () => {
    const [look] = await linesOf("lag");
    expect(look.worst.lag).toBe(0);
    expect(look.groups).toHaveLength(4);
    await send("road-assessment_tasks", { value: "no JSON" });
    const more = await tmon("lag", "--max", "0");
    expect(more.exitCode).toBe(1);
    expect(more.stdout).toMatch(/^tmon-scheduler +road-assessment_tasks +1 +\d/m);
  });

  it("top shows who runs, what each group has still to do, and what is written a second", async () => {
    const generator = startTmon(["run", "generator", "--port", "0", "--instance", "one"], env);
    await generator.says("generator runs");
    const seen = await until(
      async () => {
        const [look] = await linesOf("top", "--once");
        return look.roles.length > 0 && look.perSecond.detections !== null && look;
      },
      { what: "the generator's heartbeat, and what is written a second" },
    );
    expect(seen).toMatchObject({
      bus: { kind: "kafka", trouble: null },
      store: { kind: "redis", trouble: null },
    });
    expect(seen.roles).toMatchObject([{ role: "generator", instance: "one", state: "up" }]);
    expect(seen.perSecond).toMatchObject({ detections: 0, tasks: 0, results: 0, pushes: null });
    expect(seen.lag).toContainEqual(
      expect.objectContaining({ group: "tmon-scheduler", of: "tasks", lag: 1 }),
    );
    expect(seen.lag).toContainEqual(expect.objectContaining({ group: "tmon-generator", lag: 0 }));
    generator.kill("SIGTERM");
    expect(await generator.ended).toMatchObject({ exitCode: 0 });
  });

  it("tail shows the last of all partitions, whole as JSON, and writes their pictures", async () => {
    const { messages } = JSON.parse(readFileSync(report, "utf8")) as Report;
    const all = await linesOf("tail", "assessment-tasks", "--until-end");
    expect(all).toHaveLength(messages.tasks + 1);
    const images = join(config, "pictures");
    const options = ["--last", "3", "--until-end", "--images", images];
    const last = await linesOf("tail", "assessment-tasks", ...options);
    expect(last).toEqual(all.slice(-3));
    expect(last.at(-1)).toMatchObject({ partition: 0, valueBase64: expect.any(String) });
    const [task] = last;
    expect(task.value.groupImageBase64.length).toBeGreaterThan(1000);
    expect(readdirSync(images).some((name) => name.endsWith(`_${task.value.taskId}.jpg`))).toBe(true);
  });

  it("trace tells a task's way, and how far the topics reach where there is none", async () => {
    const [, result] = await linesOf("tail", "risk-assessment-results", "--last", "2", "--until-end");
    const way = await tmon("trace", result.value.taskId);
    expect(way.exitCode, way.stderr).toBe(0);
    for (const topic of ["detection-results", "assessment-tasks", "risk-assessment-results"])
      expect(way.stdout).toMatch(new RegExp(`^${topic} +\\d@\\d`, "m"));
    expect(way.stdout).toMatch(/ assessed .*\[simulated\]/);
    const none = await tmon("trace", "nobody_group1");
    expect(none.exitCode).toBe(1);
    expect(none.stderr).toMatch(/detection-results reaches back to \d{4}-/);
    expect(none.stderr).toContain("incidents");
  });

  it("dlq lists what could not be read and puts it back, a batch that cannot be taken apart excepted", async () => {
    const batch = {
      code: "TMON_MESSAGE_INVALID",
      reason: "not JSON",
      source: { topic: "road-detection_results", partition: 1, offset: 7, timestamp: 0 },
      group: "",
    };
    const headers = { ...letterHeaders(batch), [undecodableHeader]: "7-9" };
    await send("road-dead_letters", { value: "a batch", headers });
    const letters = await linesOf("dlq", "list");
    expect(letters).toHaveLength(2);
    expect(letters[0]).toMatchObject({
      code: "TMON_MESSAGE_INVALID",
      source: { topic: "road-detection_results", partition: 0, offset: 0 },
      groups: expect.arrayContaining([
        expect.stringContaining("generator"),
        expect.stringContaining("aggregator"),
      ]),
      bytes: "no JSON".length,
    });
    const place = ({ partition, offset }: { partition: number; offset: number }) => `${partition}:${offset}`;
    const alone = await tmon("dlq", "replay", place(letters.at(-1)));
    expect(alone).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("batch of offsets 7-9") });
    const outcomes = await linesOf("dlq", "replay", "--all");
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["replayed", "undecodable"]);
    const [back] = await linesOf("tail", "detection-results", "--last", "1", "--until-end");
    expect(back.valueBase64).toBe(Buffer.from("no JSON").toString("base64"));
    expect(back.headers["replay-of"]).toMatch(/^road-dead_letters\/\d:\d+$/);
    expect((await tmon("dlq", "replay", "--all")).exitCode).toBe(1);
  });
});
