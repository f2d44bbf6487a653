import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { lacks } from "../support/machine.ts";
import { runTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const script = fileURLToPath(new URL("../../deployment/local/servers", import.meta.url));

/** Of all processes whose command line names the text; Redis shows its port. */
function processesNaming(text: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}

test("the servers without Docker name the Debian packages that are missing", async () => {
  const path = temporaryDirectory();
  for (const name of ["bash", "dirname", "basename", "realpath"])
    symlinkSync(`/usr/bin/${name}`, join(path, name));
  const { exitCode, stderr } = await execa(script, ["up"], {
    env: { PATH: path, HOME: path },
    extendEnv: false,
    reject: false,
  });
  expect(exitCode).not.toBe(0);
  expect(stderr).toBe(
    "servers: missing here; as root: apt-get install openjdk-17-jre-headless maven redis-server prometheus",
  );
});

describe.skipIf(lacks("kafka", "redis", "prometheus"))("the servers without Docker", () => {
  test("come up with one command, answer, stay as they are when it is said again, and leave nothing", async () => {
    const directory = join(temporaryDirectory(), "servers");
    const [broker, controller, redisPort, prometheusPort] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    const env = {
      SERVERS_DIR: directory,
      KAFKA_PORTS: `${broker} ${controller}`,
      REDIS_PORT: String(redisPort),
      PROMETHEUS_PORT: String(prometheusPort),
    };
    const servers = (...args: string[]) => execa(script, args, { env });
    onTestFinished(async () => void (await servers("wipe")));
    const all = () => [...processesNaming(directory), ...processesNaming(`127.0.0.1:${redisPort}`)];

    const { stdout } = await servers("up");
    expect(stdout.split("\n")).toEqual([
      `export TMON_KAFKA_BROKERS=127.0.0.1:${broker}`,
      `export TMON_REDIS_URL=redis://127.0.0.1:${redisPort}`,
    ]);
    const admin = new Kafka({ brokers: [`127.0.0.1:${broker}`], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).toHaveLength(1);
    await admin.disconnect();
    // The first that is asked of a group makes the cluster's coordinators.
    const tmon = {
      TMON_KAFKA_BROKERS: `127.0.0.1:${broker}`,
      TMON_REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    };
    for (const command of ["init-topics", "lag"])
      expect(await runTmon([command], tmon)).toMatchObject({ exitCode: 0 });
    const redis = new Redis(redisPort);
    expect(await redis.config("GET", "maxmemory-policy")).toContain("noeviction");
    redis.disconnect();
    const scraped = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/status/config`);
    expect(await scraped.text()).toContain("127.0.0.1:7700");
    const rules = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/rules`);
    expect(await rules.text()).toContain("TmonNotReady");

    const running = all();
    expect(running).toHaveLength(3);
    await servers("up");
    expect(all()).toEqual(running);
    expect((await servers("down")).stderr).toContain(directory);
    expect(all()).toEqual([]);
    await servers("down");
    expect((await servers("wipe")).stderr).toContain(`${directory} is gone`);
    expect(existsSync(directory)).toBe(false);
  });

  test("touch no directory of somebody else's, and want a number of brokers", async () => {
    const directory = temporaryDirectory();
    const kept = join(directory, "kept");
    writeFileSync(kept, "");
    const servers = (...args: string[]) =>
      execa(script, args, { env: { SERVERS_DIR: directory }, reject: false });
    expect(await servers("wipe")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("nothing was removed"),
    });
    expect((await servers("up")).stderr).toContain(`${directory} holds something else`);
    expect(existsSync(kept)).toBe(true);
    rmSync(kept);
    expect((await servers("up", "x")).stderr).toBe('kafka: "x" is no number of brokers');
  });
});
