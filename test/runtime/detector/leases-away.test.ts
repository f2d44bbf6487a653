import { describe, expect, onTestFinished, test } from "vitest";
import { shareCameras } from "../../../src/runtime/detector/leases.ts";
import { openStoreAt } from "../../store/redis/support.ts";
import { readableLog } from "../../support/log.ts";
import { lacks } from "../../support/machine.ts";
import { startRedis } from "../../support/redis.ts";
import { until } from "../../support/until.ts";
import { always, bareCamera } from "./leases-support.ts";

describe.skipIf(lacks("redis"))("a detector whose Redis goes away", () => {
  test("says once that its leases cannot be renewed, and once that they are again", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const store = await openStoreAt(redis.url);
    onTestFinished(() => store.close());
    const { log, lines } = readableLog();
    const camera = bareCamera("a");
    const leases = shareCameras({ store, log, instance: "one" }, always([camera]));
    onTestFinished(() => leases.release());
    await until(() => camera.held());
    await redis.stop();
    await until(() => store.trouble());
    for (let round = 0; round < 4; round++) await leases.look();
    await redis.restart();
    const told = () => lines.map(({ msg }) => msg);
    await until(() => told().includes("the cameras' leases are renewed again"));
    expect(told()).toEqual([
      "the cameras' leases cannot be renewed",
      "the cameras' leases are renewed again",
    ]);
    expect(lines[0]?.error).toMatch(/^Redis is away/);
    expect(lines[1]?.failures).toBeGreaterThanOrEqual(3);
  });
});
