import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { openRedisStore } from "../../../src/store/redis/store.ts";
import { lacks } from "../../support/machine.ts";
import { type RunningRedis, startRedis } from "../../support/redis.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import { until } from "../../support/until.ts";
import { storeContract } from "../contract.ts";
import { redisConfig } from "./support.ts";

const log = pino({ level: "silent" });
const ending = new AbortController().signal;
describe.skipIf(lacks("redis"))("Redis", () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const open = () => openRedisStore({ redis: redisConfig(redis.url), log, ending });

  storeContract("redis", () => ({ open }));

  it("has the seed's keys as its consumers read them", async () => {
    const store = await open();
    await store.pushFrame({
      messageId: "seed",
      cameraId: "77",
      capturedAt: 1,
      taskIds: ["seed_group1"],
      alertTaskIds: ["seed_group1"],
      closing: true,
      detection: "",
      payload: '{"cameraId":77,"description":"跟车过近","empty":[],"nothing":{}}',
    });
    const { Redis } = await import("ioredis");
    const client = new Redis(redis.url);
    const state = {
      newTaskIds: ["seed_group1"],
      cameraId: 77,
      description: "跟车过近",
      empty: [],
      nothing: {},
    };
    expect(JSON.parse(String(await client.get("detection:seed")))).toEqual(state);
    expect(JSON.parse(String(await client.get("camera:77:latest")))).toEqual(state);
    expect(JSON.parse(String(await client.lindex("alerts:77", 0)))).toEqual(state);
    expect(await client.ttl("detection:seed")).toBeGreaterThan(290);
    client.disconnect();
    await store.close();
  });

  it("its windows hold and pass when its clock is set back by an hour", async () => {
    const store = await open();
    const { Redis } = await import("ioredis");
    const client = new Redis(redis.url);
    const ask = async () => {
      await store.cover({ partitions: [0], of: 1 });
      return store.reserve({ group: "back", limits: [{ unit: "requests", limit: 1, windowMs: 1_000 }] });
    };
    await until(async () => (await ask()).granted, { what: "the end of the first silence" });
    // Its clock cannot be set here: what it has written is set ahead instead.
    const calls = "tmon:quota:{back}:calls";
    const hour = 3_600_000;
    for (const call of await client.zrange(calls, "0", "-1")) await client.zincrby(calls, hour, call);
    await client.hincrbyfloat("tmon:quota-epoch", "born", hour);
    const grant = await ask();
    expect(grant).toMatchObject({ granted: false });
    expect(grant).toHaveProperty("retryAfterMs", expect.closeTo(1_000, -3));
    await until(async () => (await ask()).granted, { what: "the window to pass" });
    client.disconnect();
    await store.close();
  });

  it("away fails at once and says so; back it goes on, subscriptions too", async () => {
    const own = await startRedis();
    const store = await openRedisStore({ redis: redisConfig(own.url), log, ending });
    const heard: string[] = [];
    await store.subscribe("news", (_, message) => heard.push(message));
    expect(store.trouble()).toBeUndefined();
    await own.stop();
    const away = `Redis is away: connect ECONNREFUSED 127.0.0.1:${own.port}`;
    await until(() => store.trouble() === away);
    const failure = { code: "TMON_STORE_UNREACHABLE", message: away };
    await expect(store.set("a", "b")).rejects.toMatchObject(failure);
    await expect(store.subscribe("more", () => {})).rejects.toMatchObject(failure);
    await own.restart();
    await until(() => store.trouble() === undefined);
    await until(async () => {
      await store.publish("news", "again");
      return heard.length > 0;
    });
    await store.close();
    await own.stop();
  });

  it("that does not answer is away, until it answers again: commands and subscriptions go on", async () => {
    const own = await startRedis();
    const store = await openRedisStore({ redis: redisConfig(own.url), log, ending });
    const heard: string[] = [];
    await store.subscribe("news", (_, message) => heard.push(message));
    own.kill("SIGSTOP");
    const away = "Redis is away: it does not answer";
    await expect(store.get("a")).rejects.toThrow(away);
    await until(() => store.trouble() === away);
    own.kill("SIGCONT");
    await until(async () => (await store.get("a").catch(() => "failed")) === undefined);
    await until(async () => {
      await store.publish("news", "again");
      return heard.length > 0;
    });
    await store.close();
    await own.stop();
  });

  it("flushed grants nothing until all have told what they were granted, and no window is exceeded", async () => {
    const own = await startRedis();
    const replicas = [
      await openRedisStore({ redis: redisConfig(own.url), log, ending }),
      await openRedisStore({ redis: redisConfig(own.url), log, ending }),
    ];
    const covering = setInterval(() => {
      for (const [index, store] of replicas.entries()) store.cover({ partitions: [index], of: 2 });
    }, 200);
    onTestFinished(() => clearInterval(covering));
    const limits = [{ unit: "requests" as const, limit: 10, windowMs: 60_000 }];
    const ask = (index: number) => replicas[index]?.reserve({ group: "g", limits });
    await until(async () => (await ask(0))?.granted);
    const before = await Promise.all(Array.from({ length: 7 }, (_, n) => ask(n % 2)));
    expect(before.filter((grant) => grant?.granted)).toHaveLength(7);

    const { Redis } = await import("ioredis");
    const client = new Redis(own.url);
    await client.flushall();
    client.disconnect();
    expect((await ask(0))?.granted).toBe(false);
    expect((await ask(1))?.granted).toBe(false);
    await until(async () => (await ask(0))?.granted);
    const after = await Promise.all(Array.from({ length: 6 }, (_, n) => ask(n % 2)));
    expect(after.filter((grant) => grant?.granted)).toHaveLength(1);
    for (const store of replicas) await store.close();
    await own.stop();
  });

  it("whose subscriptions fall silent on the way is subscribed to anew", async () => {
    const proxy = await startTcpProxy(redis.port);
    onTestFinished(proxy.close);
    const listening = await openRedisStore({
      redis: redisConfig(`redis://127.0.0.1:${proxy.port}`),
      log,
      ending,
    });
    const heard: string[] = [];
    await listening.subscribe("news", (_, message) => heard.push(message));
    proxy.cut("held up");
    await until(() => listening.trouble() !== undefined);
    // What was held up stays so, as behind a lost route; new connections get through.
    proxy.mend("new");
    const store = await open();
    await until(async () => {
      await store.publish("news", "again");
      return heard.length > 0;
    });
    await listening.close();
    await store.close();
  });

  it("that is not there yet is waited for", async () => {
    const own = await startRedis();
    await own.stop();
    const opening = openRedisStore({ redis: redisConfig(own.url), log, ending });
    await own.restart();
    const store = await opening;
    await store.set("a", "b");
    await store.close();
    await own.stop();
  });

  it("that is not there is waited for no longer than wanted", async () => {
    const own = await startRedis();
    await own.stop();
    const stop = new AbortController();
    const opening = openRedisStore({ redis: redisConfig(own.url), log, ending: stop.signal });
    stop.abort();
    await expect(opening).rejects.toThrow("aborted");
  });

  it("with a password takes the right one, and the wrong one is an error that does not show it", async () => {
    const own = await startRedis("--requirepass", "right password");
    const store = await openRedisStore({
      redis: redisConfig(own.url, { password: new Secret("right password") }),
      log,
      ending,
    });
    await store.set("a", "b");
    await store.close();
    for (const password of [new Secret("wrong password"), undefined])
      await expect(
        openRedisStore({ redis: redisConfig(own.url, { password }), log, ending }),
      ).rejects.toMatchObject({
        code: "TMON_STORE_REFUSED",
        message: expect.not.stringContaining("wrong password"),
      });
    await own.stop();
  });

  it("that may evict is refused", async () => {
    const own = await startRedis("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
    await expect(openRedisStore({ redis: redisConfig(own.url), log, ending })).rejects.toMatchObject({
      code: "TMON_STORE_EVICTS",
    });
    await own.stop();
  });
});
