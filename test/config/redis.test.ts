import { describe, expect, it } from "vitest";
import { showRows } from "../../src/config/show.ts";
import { failureOfFiles, load, loadFiles } from "./harness.ts";

const redis = (text: string, env = {}) =>
  loadFiles({ "tmon.yaml": `redis: ${text}` }, env).config.store.redis;

describe("how to reach Redis", () => {
  it("is this machine's, the file's or the environment's, its password never shown", () => {
    expect(load().config.store.redis.shownUrl).toBe("redis://127.0.0.1:6379");
    const inFile = "{ url: 'redis://u:hunter2@cache:6380/3' }";
    expect(redis(inFile).url.reveal()).toBe("redis://u:hunter2@cache:6380/3");
    expect(redis(inFile).shownUrl).toBe("redis://…@cache:6380/3");
    const env = { TMON_REDIS_URL: "rediss://other:6379" };
    expect(redis(inFile, env).url.reveal()).toBe("rediss://other:6379");
    const rows = showRows(loadFiles({ "tmon.yaml": `redis: ${inFile}` }));
    expect(JSON.stringify(rows)).not.toContain("hunter2");
  });

  it("may have a password of its own, Sentinels and certificates, relative to the file", () => {
    const { password, sentinels, tls } = redis(
      "{ password: hunter2, sentinels: { name: main, nodes: ['a:26379', '[::1]:26380'] }, tls: { ca_file: ca.pem } }",
    );
    expect(password?.reveal()).toBe("hunter2");
    expect(sentinels).toMatchObject({
      name: "main",
      nodes: [
        { host: "a", port: 26379 },
        { host: "::1", port: 26380 },
      ],
    });
    expect(tls?.caFile).toMatch(/^\/.*config-\d+\/ca\.pem$/);
  });

  it.each([
    ["{ url: 'http://cache' }", "redis://HOST:PORT"],
    ["{ sentinels: { name: m, nodes: [a] } }", "HOST:PORT"],
    ["{ sentinels: { name: m, nodes: ['a:70000'] } }", "HOST:PORT"],
    ["{ passwort: x }", "password"],
  ])("%s is refused with what to write", (text, fix) => {
    const failure = failureOfFiles({ "tmon.yaml": `redis: ${text}` });
    expect(failure.code).toBe("TMON_CONFIG_INVALID");
    expect(`${failure.message} ${failure.todo}`).toContain(fix);
  });
});
