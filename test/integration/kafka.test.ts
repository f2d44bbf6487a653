import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import kafkajs from "kafkajs";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Report } from "../../src/runtime/report/report.ts";
import { plainKafka } from "../bus/kafka/support.ts";
import { useKafka } from "../support/kafka.ts";
import { lacks } from "../support/machine.ts";
import { startRedis } from "../support/redis.ts";
import { sharedFile } from "../support/shared.ts";
import { runTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const config = join(temporaryDirectory(), "config");

describe.skipIf(lacks("kafka", "redis", "ffmpeg", "video", "model"))("tmon up on Kafka and Redis", () => {
  const kafka = useKafka();

  it("wants its topics, then loses nothing and repeats nothing; a foreign message goes to dead-letters", async () => {
    const topics = [
      "detection_results",
      "assessment_tasks",
      "risk_assessment_results",
      "incidents",
      "dead_letters",
    ];
    const lines = topics.map((key) => `    ${key}: { name: road-${key}, partitions: 4 }`);
    mkdirSync(config);
    writeFileSync(
      join(config, "kafka.yaml"),
      `kafka:\n  bootstrap_servers: ${kafka().brokers.join(",")}\n  topics:\n${lines.join("\n")}\n`,
    );
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const env = { TMON_REDIS_URL: redis.url, TMON_BUS: "kafka", TMON_CONFIG_DIR: config };
    const report = join(config, "r.json");
    const camera = `file:${sharedFile("videos/road.mp4")}?loop=1`;
    const up = ["up", "--camera", camera, "--model", sharedFile("models/yolox_nano.onnx"), "--vlm", "sim"];
    const run = () =>
      runTmon([...up, "--interval", "500ms", "--for", "6s", "--port", "0", "--report", report], env);

    const early = await run();
    expect(early.exitCode).toBe(2);
    expect(early.stderr).toMatch(/TMON_TOPIC_MISSING[\s\S]*tmon init-topics/);
    expect((await runTmon(["init-topics"], env)).exitCode).toBe(0);

    const producer = plainKafka(kafka()).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    await producer.send({ topic: "road-detection_results", messages: [{ value: "no JSON" }] });
    await producer.disconnect();

    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    const result = JSON.parse(readFileSync(report, "utf8")) as Report;
    expect(result.run).toMatchObject({ bus: "kafka", store: "redis" });
    expect(result).toMatchObject({ lost: 0, pending: 0, duplicates: 0, repeats: 0 });
    expect(result.messages.results).toBe(result.messages.tasks);
    expect(result.messages.tasks).toBeGreaterThan(3);
    const letters = await runTmon(["tail", "dead-letters", "--until-end", "-o", "json"], env);
    // One of each role that reads the topic.
    expect(JSON.parse(letters.stdout.split("\n")[0]!)).toMatchObject({
      valueBase64: Buffer.from("no JSON").toString("base64"),
      headers: { "error-code": "TMON_MESSAGE_INVALID", "source-topic": "road-detection_results" },
    });
  }, 120_000);
});
