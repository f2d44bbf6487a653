import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { useKafka } from "../support/kafka.ts";
import { ids } from "../support/kafka-listeners.ts";
import { lacks } from "../support/machine.ts";
import { startRedis } from "../support/redis.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { topicKeys } from "../support/topic-keys.ts";

const config = join(temporaryDirectory(), "config");

describe.skipIf(lacks("kafka", "redis"))("with Kafka and Redis away", () => {
  const kafka = useKafka({ alone: true });

  test("roles that are told to end, without open work, end in order", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const topics = topicKeys.map((key) => `    ${key}: { name: away-${key}, partitions: 4 }`);
    mkdirSync(config);
    const brokers = kafka().brokers.join(",");
    writeFileSync(
      join(config, "kafka.yaml"),
      `kafka:\n  bootstrap_servers: ${brokers}\n  topics:\n${topics.join("\n")}\n`,
    );
    const env = { TMON_REDIS_URL: redis.url, TMON_BUS: "kafka", TMON_CONFIG_DIR: config };
    expect((await runTmon(["init-topics"], env)).exitCode).toBe(0);
    const roles = ["generator", "aggregator"].map((role) => startTmon(["run", role, "--port", "0"], env));
    for (const role of roles) await role.says(/were assigned/);

    onTestFinished(() => kafka().restore());
    for (const id of ids) kafka().signal(id, "SIGSTOP");
    await redis.stop();
    for (const role of roles) role.kill("SIGTERM");
    for (const role of roles)
      expect(await role.ended, role.stderr()).toEqual({ exitCode: 0, signal: undefined });
  });
});
