import { describe, it, type TestContext } from "vitest";
import { lacks } from "../../support/machine.ts";
import { startRedis } from "../../support/redis.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import { until } from "../../support/until.ts";
import { openStoreAt } from "./support.ts";

const limit = 16;
const windowMs = 1000;
const limits = [{ unit: "requests" as const, limit, windowMs }];

interface Grant {
  replica: number;
  /** Between these it was granted. */
  asked: number;
  told: number;
}

/** Replicas that share the partitions and take all the calls they can get. */
async function startReplicas(ports: number[], onTestFinished: TestContext["onTestFinished"]) {
  const stores = await Promise.all(ports.map((port) => openStoreAt(`redis://127.0.0.1:${port}`)));
  const grants: Grant[] = [];
  let stopping = false;
  const covering = setInterval(() => {
    for (const [index, store] of stores.entries()) store.cover({ partitions: [index], of: stores.length });
  }, 250);
  const asking = stores.map(async (store, replica) => {
    while (!stopping) {
      const asked = performance.now();
      const { granted } = await store.reserve({ group: "g", limits });
      if (granted) grants.push({ replica, asked, told: performance.now() });
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  onTestFinished(async () => {
    stopping = true;
    clearInterval(covering);
    await Promise.all(asking);
    for (const store of stores) await store.close();
  });
  const since = (moment: number, replica: number) =>
    grants.filter((grant) => grant.replica === replica && grant.asked > moment).length;
  return {
    stores,
    /** Resolves when each has been granted so many from now on. */
    async granted(...counts: number[]) {
      const moment = performance.now();
      await until(() => counts.every((count, replica) => since(moment, replica) >= count), {
        what: `${counts} calls are granted`,
      });
    },
    worstWindow: () =>
      Math.max(
        ...grants.map(
          ({ asked: start }) =>
            grants.filter(({ asked, told }) => asked >= start && told < start + windowMs).length,
        ),
      ),
  };
}

describe.skipIf(lacks("redis"))("quotas with Redis away", () => {
  it.concurrent("go on by each replica's share, and no window is exceeded, back in time nor after", async ({
    expect,
    onTestFinished,
  }) => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const replicas = await startReplicas([redis.port, redis.port], onTestFinished);
    await replicas.granted(10, 10);
    await redis.stop();
    await replicas.granted(10, 10);
    await redis.restart();
    await until(() => replicas.stores.every((store) => store.trouble() === undefined));
    await replicas.granted(10, 10);
    expect(replicas.worstWindow()).toBeLessThanOrEqual(limit);
    expect(replicas.worstWindow()).toBeGreaterThanOrEqual(limit - 1);
  });

  const cuts = ["held up", "refused"] as const;
  it.concurrent.for(cuts)(
    "of one replica, %s, leave room for it, and no window is exceeded",
    { timeout: 60_000 },
    async (cut, { expect, onTestFinished }) => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const proxy = await startTcpProxy(redis.port);
      onTestFinished(proxy.close);
      const replicas = await startReplicas([redis.port, proxy.port], onTestFinished);
      await replicas.granted(10, 10);
      proxy.cut(cut);
      await replicas.granted(20, 20);
      proxy.mend("all");
      await replicas.granted(20, 20);
      expect(replicas.worstWindow()).toBeLessThanOrEqual(limit);
    },
  );
});
