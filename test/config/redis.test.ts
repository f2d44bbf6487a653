import { describe, expect, it } from "vitest";
import { showRows } from "../../src/config/show.ts";
import { failureOf, failureOfFiles, load, loadFiles } from "./harness.ts";

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
    const { password, sentinels, tls, shownUrl } = redis(
      "{ url: 'redis://u:hunter2@any/3', password: hunter2, sentinels: { name: main, nodes: ['a:26379', '[::1]:26380'] }, tls: { ca_file: ca.pem } }",
    );
    expect(password?.reveal()).toBe("hunter2");
    expect(sentinels).toMatchObject({
      name: "main",
      nodes: [
        { host: "a", port: 26379 },
        { host: "::1", port: 26380 },
      ],
    });
    expect(shownUrl).toBe("main/3 by Sentinels a:26379,[::1]:26380");
    expect(tls?.caFile).toMatch(/^\/.*config-\d+\/ca\.pem$/);
  });

  it.each([
    ["{ url: 'http://cache' }", "redis://HOST:PORT"],
    ["{ url: 'redis://cache?password=hunter2' }", "/NUMBER"],
    ["{ sentinels: { name: m, nodes: [a] } }", "HOST:PORT"],
    ["{ sentinels: { name: m, nodes: ['a:70000'] } }", "HOST:PORT"],
    ["{ sentinels: { name: m, nodes: ['a:1:2'] } }", "HOST:PORT"],
    ["{ passwort: x }", "password"],
  ])("%s is refused with what to write", (text, fix) => {
    const failure = failureOfFiles({ "tmon.yaml": `redis: ${text}` });
    expect(failure.code).toBe("TMON_CONFIG_INVALID");
    expect(`${failure.message} ${failure.todo}`).toContain(fix);
  });

  it.each([
    ["cache:6379", "redis://HOST:PORT"],
    ["redis://cache:6379/zz", "/NUMBER"],
    ["redis://cache:6379/0?db=1", "/NUMBER"],
    ["redis://", "redis://HOST:PORT"],
    ["http://u:hunter2@cache:6379", "redis://HOST:PORT"],
    ["u:hunter2@cache:6379", "redis://HOST:PORT"],
    ["redis://u:hun/ter2@cache:6379", "/ as %2F"],
    ["redis://u:1/ter2@cache:6379", "/ as %2F"],
    ["redis://u:1#ter2@cache:6379", "# as %23"],
    ["redis://u:ter2%@cache:6379", "% as %25"],
    ["redis://u:hun ter2@cache:6379", "as %XX"],
  ])("the URL %s is refused wherever it stands, and nothing of it shown", (url, fix) => {
    const inEnvironment = failureOf({}, { TMON_REDIS_URL: url });
    const inFile = failureOfFiles({ "tmon.yaml": `redis: { url: '${url}' }` });
    for (const { code, message, todo } of [inEnvironment, inFile]) {
      expect(code).toBe("TMON_CONFIG_INVALID");
      expect(`${message} ${todo}`).toContain(fix);
      expect(`${message} ${todo}`).not.toMatch(/ter2|cache/);
    }
    expect(inEnvironment.message).toContain("TMON_REDIS_URL");
    expect(inFile.message).toContain("tmon.yaml:1: redis.url");
  });

  it.each([
    "redis://cache",
    "redis://:pa%2Fss@cache:1/",
    "rediss://u:p@ss@[::1]:6379/15",
    " redis://cache\n",
  ])("the URL %j is taken", (url) => {
    const { store } = load({}, { TMON_REDIS_URL: url }).config;
    expect(store.redis.url.reveal()).toBe(url.trim());
  });
});
