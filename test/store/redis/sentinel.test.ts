import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { lacks } from "../../support/machine.ts";
import { type RunningRedis, startRedis } from "../../support/redis.ts";
import { type RunningSentinel, startSentinel } from "../../support/sentinel.ts";
import { until } from "../../support/until.ts";
import { openStoreAt } from "./support.ts";

describe.skipIf(lacks("redis"))("Redis behind Sentinels", () => {
  const password = "right password";
  let servers: RunningRedis[];
  let sentinel: RunningSentinel;

  beforeAll(async () => {
    const secret = ["--requirepass", password, "--masterauth", password];
    const master = await startRedis(...secret);
    const replica = await startRedis(...secret, "--replicaof", "127.0.0.1", String(master.port));
    servers = [master, replica];
    sentinel = await startSentinel("main", master, `sentinel auth-pass main "${password}"`);
  });
  afterAll(async () => {
    await sentinel.stop();
    for (const server of servers) await server.stop();
  });
  const open = (name: string, nodes = [sentinel.node]) =>
    openStoreAt("redis://127.0.0.1:1/2", {
      password: new Secret(password),
      sentinels: { name, nodes, password: undefined },
    });

  it("a name they do not know is an error that names it", async () => {
    await expect(open("mian")).rejects.toMatchObject({
      code: "TMON_STORE_REFUSED",
      message: expect.stringContaining('no master "mian"'),
      todo: expect.stringContaining("redis.sentinels.name"),
    });
  });

  it("one of several Sentinels that is away is passed over", async () => {
    const store = await open("main", [{ host: "127.0.0.1", port: 1 }, sentinel.node]);
    await store.set("a", "b");
    await store.close();
  });

  it.each(["SIGKILL", "SIGSTOP"] as const)(
    "a master that gets %s is followed to the next one; meanwhile it says that Redis is away",
    async (signal) => {
      const store = await open("main");
      const heard: string[] = [];
      await store.subscribe("news", (_, message) => heard.push(message));
      const old = await sentinel.master();
      const dying = servers.find(({ port }) => port === old)!;
      dying.kill(signal);
      if (signal === "SIGKILL") await until(() => store.trouble()?.includes("Redis is away"));
      await until(async () => (await sentinel.master()) !== old);
      await until(() =>
        store.set("after", signal).then(
          () => true,
          () => false,
        ),
      );
      expect(store.trouble()).toBeUndefined();
      expect(String(await store.get("after"))).toBe(signal);
      await until(async () => {
        await store.publish("news", "again");
        return heard.length > 0;
      });
      await store.close();
      // The one that was away comes back as a replica, for the next to be killed.
      dying.kill("SIGCONT");
      if (signal === "SIGKILL") await dying.restart();
    },
  );
});
