import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { Secret } from "../../src/config/secret.ts";
import { startSystem } from "../../src/runtime/system.ts";
import { testConfig } from "../support/context.ts";
import { freePort } from "../support/free-port.ts";
import { lacks } from "../support/machine.ts";
import { startRedis } from "../support/redis.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

it("a start that is ended stops after the step under way, and releases what was opened", async () => {
  const base = testConfig(temporaryDirectory());
  const port = await freePort();
  const ending = new AbortController();
  const starting = startSystem({
    ...{ config: { ...base, web: { ...base.web, port } }, roles: ["generator", "aggregator"] },
    ...{ instance: "one", log: pino({ level: "silent" }), defaultPort: 0, observed: false },
    ending: ending.signal,
  });
  ending.abort(new Error("a signal came"));
  await expect(starting).rejects.toThrow("a signal came");
  await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
});

describe.skipIf(lacks("redis"))("a process whose Redis is not there yet", () => {
  it("answers probes while it waits, serves nothing else, and is ready once Redis is", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    await redis.stop();
    const base = testConfig(temporaryDirectory());
    const port = await freePort();
    const url = { url: new Secret(redis.url), shownUrl: redis.url };
    const starting = startSystem({
      config: {
        ...base,
        store: { kind: "redis", redis: { ...base.store.redis, ...url } },
        web: { ...base.web, port },
      },
      roles: ["generator"],
      instance: "one",
      log: pino({ level: "silent" }),
      defaultPort: 0,
      observed: false,
      ending: new AbortController().signal,
    });
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    const status = async (path: string) => (await get(path).catch(() => undefined))?.status;
    await until(async () => (await status("/livez")) === 200, { what: "it answers" });
    const ready = await get("/readyz");
    expect(ready.status).toBe(503);
    expect(((await ready.json()) as { reasons: unknown[] }).reasons).toContainEqual({
      name: "store",
      reason: `waiting for Redis at ${redis.url}`,
    });
    expect([await status("/metrics"), await status("/api/stats")]).toEqual([200, 503]);

    await redis.restart();
    const system = await starting;
    onTestFinished(() => system.stop());
    await until(async () => (await status("/readyz")) === 200, { what: "it is ready" });
    expect(await status("/api/stats")).toBe(200);
  });
});
