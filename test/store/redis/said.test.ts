import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Writable } from "node:stream";
import { Redis } from "ioredis";
import { pino } from "pino";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { openRedisStore } from "../../../src/store/redis/store.ts";
import { lacks } from "../../support/machine.ts";
import { startRedis } from "../../support/redis.ts";
import { until } from "../../support/until.ts";
import { redisConfig } from "./support.ts";

/** What is logged, and the store once it is open. */
function opening(url: string, password?: string) {
  const lines: { msg: string; error?: string }[] = [];
  const destination = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const ending = new AbortController();
  const opened = openRedisStore({
    redis: redisConfig(url, { password: password === undefined ? undefined : new Secret(password) }),
    log: pino({ level: "info" }, destination),
    ending: ending.signal,
  });
  onTestFinished(async () => {
    ending.abort();
    await opened.then(
      (store) => store.close(),
      () => {},
    );
  });
  return { opened, lines, said: () => lines.map(({ msg }) => msg) };
}

describe.skipIf(lacks("redis"))("of Redis is said", () => {
  it("in plain words what another kind of server does", async () => {
    const server = createServer((socket) => socket.on("data", () => socket.destroy())).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { lines } = opening(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await until(() => lines.length > 0);
    expect(lines[0]).toMatchObject({
      msg: "waiting for Redis",
      error: expect.stringContaining("it closes the connection"),
      todo: expect.stringContaining("redis.url"),
    });
  });

  it("that it refuses, where the password is changed meanwhile: it is not away; once it is put back all goes on", async () => {
    const redis = await startRedis("--requirepass", "first");
    onTestFinished(() => redis.stop());
    const { opened, said } = opening(redis.url, "first");
    const store = await opened;
    const administrator = new Redis({ port: redis.port, password: "first", protocol: 2 });
    onTestFinished(() => administrator.disconnect());
    await administrator.config("SET", "requirepass", "second");
    await administrator.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    const trouble = await until(() => /refuses/.test(store.trouble() ?? "") && store.trouble());
    expect(trouble).toMatch(/^Redis at redis:\/\/127\.0\.0\.1:\d+ refuses: WRONGPASS /);
    await administrator.config("SET", "requirepass", "first");
    await until(() => store.trouble() === undefined);
    expect(said().filter((line) => line === "Redis refuses")).toHaveLength(1);
    expect(said().at(-1)).toBe("Redis is back");
  });

  it("once, in the log alone, that it asks for no password where one is configured", async () => {
    const printed = vi.spyOn(console, "warn");
    onTestFinished(() => printed.mockRestore());
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { opened, said } = opening(redis.url, "hunter2");
    const store = await opened;
    await store.set("a", "b", { ttlMs: 1000 });
    expect(said()).toEqual(["Redis asks for no password, and one is configured"]);
    expect(printed).not.toHaveBeenCalled();
  });
});
