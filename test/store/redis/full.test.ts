import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { lacks } from "../../support/machine.ts";
import { startRedis } from "../../support/redis.ts";
import { until } from "../../support/until.ts";
import { openStoreAt } from "./support.ts";

describe.skipIf(lacks("redis"))("a Redis that is full", () => {
  it("is trouble with how full it is, refuses writes, and is well again once there is room", async () => {
    const { url, stop } = await startRedis("--maxmemory", "4mb", "--maxmemory-policy", "noeviction");
    const store = await openStoreAt(url);
    const somebody = new Redis(url);
    onTestFinished(async () => {
      somebody.disconnect();
      await store.close();
      await stop();
    });
    const fill = async () => {
      for (let index = 0; ; index++) await somebody.set(`junk-${index}`, "x".repeat(100_000));
    };
    await expect(fill()).rejects.toThrow("OOM");
    await expect(store.set("tmon:one", "x".repeat(100_000), { ttlMs: 60_000 })).rejects.toThrow("OOM");
    await until(() => store.trouble());
    expect(store.trouble()).toMatch(/^Redis is full: \d\.\d MB of 4\.0 MB$/);
    await somebody.flushall();
    await until(() => store.trouble() === undefined);
    await store.set("tmon:one", "1", { ttlMs: 60_000 });
    expect(String(await store.get("tmon:one"))).toBe("1");
  });
});
