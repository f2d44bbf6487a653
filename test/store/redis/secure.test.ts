import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { type Certificate, issue, makeAuthority } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { lacks } from "../../support/machine.ts";
import { type RunningRedis, startRedis } from "../../support/redis.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { openStoreAt } from "./support.ts";

describe.skipIf(lacks("redis", "openssl"))("Redis that asks who is there", () => {
  const directory = temporaryDirectory();
  let redis: RunningRedis;
  let url: string;
  let authority: Certificate;
  let client: Certificate;
  let stranger: Certificate;
  const clientFiles = ({ certificate, key }: Certificate) => ({ certificateFile: certificate, keyFile: key });
  const none = { certificateFile: undefined, keyFile: undefined };

  beforeAll(async () => {
    authority = await makeAuthority(directory);
    const server = await issue(authority, { directory, name: "server" });
    client = await issue(authority, { directory, name: "client" });
    stranger = await makeAuthority(directory, "stranger");
    const port = await freePort();
    const files = ["--tls-cert-file", server.certificate, "--tls-key-file", server.key];
    const tls = ["--tls-port", String(port), ...files, "--tls-ca-cert-file", authority.certificate];
    const tmon = ["--user", "tmon", "on", ">its password", "~*", "&*", ...rights];
    const looker = ["--user", "looker", "on", ">its password", "~*", "&*", "+@read", "+info"];
    redis = await startRedis(...tls, ...tmon, ...looker, "--requirepass", "another");
    url = `rediss://tmon:${encodeURIComponent("its password")}@127.0.0.1:${port}`;
  });
  afterAll(() => redis.stop());

  /** What docs/guide.md says the user needs. */
  const rights = ["+@read", "+@write", "+@pubsub", "+@scripting", "+@connection", "+time", "+info"];

  it("lets in a certificate it knows and a user with a password", async () => {
    const store = await openStoreAt(url, { tls: { caFile: authority.certificate, ...clientFiles(client) } });
    const heard: string[] = [];
    await store.subscribe("news", (_, message) => heard.push(message));
    await store.set("a", "b", { ttlMs: 1000 });
    await store.publish("news", "n");
    expect(String(await store.get("a"))).toBe("b");
    expect(await store.claimLease("l", "me", 1000)).toBe(true);
    await store.close();
  });

  it.each([
    [
      "of an authority nobody named",
      () => ({ caFile: undefined, ...clientFiles(client) }),
      "redis.tls.ca_file",
    ],
    [
      "of another authority",
      () => ({ caFile: stranger.certificate, ...clientFiles(client) }),
      "redis.tls.ca_file",
    ],
    ["and none of the client's", () => ({ caFile: authority.certificate, ...none }), "certificate_file"],
    [
      "and a stranger's",
      () => ({ caFile: authority.certificate, ...clientFiles(stranger) }),
      "certificate_file",
    ],
  ])("a certificate %s is an error that says what to set", async (_, tls, key) => {
    await expect(openStoreAt(url, { tls: tls() })).rejects.toMatchObject({
      code: "TMON_TLS_FAILED",
      exitCode: 2,
      todo: expect.stringContaining(key),
    });
  });

  it("a certificate for another name is refused", async () => {
    const tls = { caFile: authority.certificate, ...clientFiles(client) };
    await expect(openStoreAt(url.replace("127.0.0.1", "localhost"), { tls })).rejects.toMatchObject({
      code: "TMON_TLS_FAILED",
      message: expect.stringContaining("localhost"),
      todo: expect.stringContaining("as its certificate does"),
    });
  });

  it("a server that speaks no TLS, or nothing else, is not waited for", async () => {
    const plain = `127.0.0.1:${redis.port}`;
    const secure = new URL(url).host;
    await expect(openStoreAt(`rediss://${plain}`)).rejects.toMatchObject({
      code: "TMON_TLS_FAILED",
      message: `Redis at ${plain} speaks no TLS`,
      todo: expect.stringContaining("redis:// instead of rediss://"),
    });
    await expect(openStoreAt(`redis://${secure}`)).rejects.toMatchObject({
      code: "TMON_TLS_FAILED",
      message: `Redis at ${secure} speaks TLS only`,
      todo: expect.stringContaining("rediss:// instead of redis://"),
    });
  });

  it("files that are none, or do not fit each other, are named", async () => {
    const certificate = { certificateFile: client.certificate };
    for (const tls of [
      { caFile: `${directory}/missing`, ...none },
      { caFile: authority.key, ...none },
      { caFile: undefined, ...certificate, keyFile: stranger.key },
    ])
      await expect(openStoreAt(url, { tls })).rejects.toMatchObject({
        code: "TMON_CONFIG_INVALID",
        message: expect.stringContaining(directory),
      });
  });

  it("a database it does not have is refused, and no other used instead", async () => {
    const plain = await startRedis("--databases", "2");
    onTestFinished(() => plain.stop());
    await (await openStoreAt(`${plain.url}/1`)).close();
    await expect(openStoreAt(`${plain.url}/2`)).rejects.toMatchObject({
      code: "TMON_STORE_REFUSED",
      message: expect.stringContaining("has no database 2"),
    });
  });

  it.each([
    ["a wrong password", { username: "tmon", password: "wrong" }],
    ["a user it does not have", { username: "nobody", password: "its password" }],
    ["a user who may only read", { username: "looker", password: "its password" }],
  ])("%s is refused, and no password shown", async (_, { username, password }) => {
    const plain = redis.url;
    await expect(openStoreAt(plain, { username, password: new Secret(password) })).rejects.toMatchObject({
      code: "TMON_STORE_REFUSED",
      message: expect.not.stringMatching(new RegExp(`${password}|refuses.*refuses`)),
    });
  });
});
