import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { Redis } from "ioredis";
import { freePort } from "./free-port.ts";
import type { RunningRedis } from "./redis.ts";
import { temporaryDirectory } from "./tmp.ts";
import { until } from "./until.ts";

export interface RunningSentinel {
  node: { host: string; port: number };
  /** The master's port, as it believes. */
  master(): Promise<number>;
  stop(): Promise<void>;
}

/** A real Redis Sentinel that watches one master, and takes it for dead after half a second. */
export async function startSentinel(
  name: string,
  master: RunningRedis,
  ...lines: string[]
): Promise<RunningSentinel> {
  const directory = temporaryDirectory();
  const port = await freePort();
  const file = join(directory, "sentinel.conf");
  const config = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${directory}`,
    `sentinel monitor ${name} 127.0.0.1 ${master.port} 1`,
    `sentinel down-after-milliseconds ${name} 500`,
    `sentinel failover-timeout ${name} 1000`,
    ...lines,
  ];
  writeFileSync(file, `${config.join("\n")}\n`);
  const child = execa("redis-server", [file, "--sentinel"], {
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
  });
  const client = new Redis({ port, protocol: 2, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on("error", () => {});
  await until(async () => (await client.ping()) === "PONG", { what: "the Sentinel answers" });
  const slaves = async () => (await client.call("SENTINEL", "REPLICAS", name)) as unknown[];
  await until(async () => (await slaves()).length > 0, { what: "the Sentinel knows the replica" });
  return {
    node: { host: "127.0.0.1", port },
    async master() {
      const [, found] = (await client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)) as string[];
      return Number(found);
    },
    async stop() {
      client.disconnect();
      child.kill("SIGKILL");
      await child;
    },
  };
}
