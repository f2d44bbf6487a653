import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "../../test/support/free-port.ts";
import { startProcess } from "./processes.ts";

export interface RedisServer {
  readonly url: string;
  readonly client: Redis;
  /** kill -9; all it held is gone. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startRedis(directory: string): Promise<RedisServer> {
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
  let starts = 0;
  const begin = async () => {
    starts += 1;
    const server = startProcess("redis-server", args, { log: join(directory, `redis-${starts}.log`) });
    await server.says(/Ready to accept connections/);
    return server;
  };
  let server = await begin();
  const client = new Redis(port, { maxRetriesPerRequest: null, retryStrategy: () => 100 });
  client.on("error", () => {});
  return {
    url: `redis://127.0.0.1:${port}`,
    client,
    async stop() {
      server.kill("SIGKILL");
      await server.ended;
    },
    async start() {
      server = await begin();
    },
  };
}
