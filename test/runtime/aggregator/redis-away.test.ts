import { describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { encode } from "../../../src/messages/codec.ts";
import { startAggregator } from "../../../src/runtime/aggregator/aggregator.ts";
import { readIncidents } from "../../../src/runtime/aggregator/incident-store.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { readableLog } from "../../support/log.ts";
import { lacks } from "../../support/machine.ts";
import { startRedis } from "../../support/redis.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { type Box, detectionMessage, left, resultMessage, right } from "./frames.ts";

async function startWithRedis() {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const base = testConfig(temporaryDirectory());
  const url = { url: new Secret(redis.url), shownUrl: redis.url };
  const { log, lines } = readableLog();
  const { context, close } = await openContext(
    { ...base, store: { kind: "redis", redis: { ...base.store.redis, ...url } } },
    log,
  );
  onTestFinished(close);
  const aggregator = await startAggregator(context);
  onTestFinished(() => aggregator.stop());
  return { redis, lines, context, aggregator };
}

describe.skipIf(lacks("redis"))("an aggregator whose Redis goes away", () => {
  test("says so once however many frames wait, says what is away, and how many had waited once they are pushed", async () => {
    const { redis, lines, context, aggregator } = await startWithRedis();
    const detect = (...ids: string[]) =>
      context.bus.produce(
        ids.map((id) => ({ topic: "detection-results", key: "7", value: encode(detectionMessage(id, [])) })),
      );
    await detect("before");
    await until(() => aggregator.stats().pushes === 1);
    await redis.stop();
    const away = `Redis is away: connect ECONNREFUSED 127.0.0.1:${redis.port}`;
    await until(() => context.store.trouble() === away);

    await detect("a", "b", "c", "d", "e");
    await until(() => aggregator.stats().inFlight === 5);
    await redis.restart();
    await until(async () => !(await aggregator.busy()), { what: "all frames are pushed" });

    const begun = lines.filter(({ level }) => level >= 40);
    expect(begun.map(({ msg }) => msg)).toEqual(["Redis is away", "frames cannot be pushed: they wait"]);
    expect(begun[1]?.error).toBe(away);
    const over = lines.filter(({ msg }) => msg === "frames are pushed again");
    expect(over).toMatchObject([{ waited: 5 }]);
  });

  test("writes an incident that it cannot keep to the topic once, and keeps it once it can", async () => {
    const { redis, lines, context } = await startWithRedis();
    const send = (topic: string, message: object) =>
      context.bus.produce([{ topic, key: "7", value: encode(message) }]);
    const endanger = async (messageId: string, box: Box) => {
      await send("detection-results", detectionMessage(messageId, [box]));
      await send("risk-assessment-results", resultMessage(messageId, 1, "high"));
    };
    const kept = () => readIncidents(context.store).catch(() => []);
    await endanger("a", left);
    await until(async () => (await kept()).length === 1);
    await redis.stop();
    await until(() => context.store.trouble() !== undefined);
    await endanger("b", right);
    const begins = "incidents cannot be kept: they wait";
    await until(() => lines.some(({ msg }) => msg === begins));
    await redis.restart();

    const [over] = await until(() => {
      const ends = lines.filter(({ msg }) => msg === "incidents are kept again");
      return ends.length > 0 && ends;
    });
    expect(over?.failures).toBeGreaterThan(0);
    expect((await kept()).map(({ incidentId }) => incidentId)).toContain("incident_b_group1");
    const topic = context.config.topics.incidents.name;
    const written = (await context.bus.describeTopics([topic])).reduce((sum, { end }) => sum + end, 0);
    expect(written).toBe(2);
  });
});
