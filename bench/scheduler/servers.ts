import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { startBroker } from "../support/broker.ts";
import { startRedis } from "../support/redis.ts";

const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));

export const buses = ["embedded", "kafka"] as const;
export type BusName = (typeof buses)[number];

/** What the bus needs to be there: for kafka one real broker with tmon's topics, and a Redis. */
export async function startServers(bus: BusName, directory: string) {
  if (bus === "embedded") return { env: {}, stop: async () => {} };
  const [broker, redis] = await Promise.all([startBroker(), startRedis(directory)]);
  const env = { TMON_KAFKA_BROKERS: broker.address, TMON_REDIS_URL: redis.url };
  await execa(process.execPath, [program, "init-topics"], { env, stdio: "ignore" });
  return {
    env,
    async stop(): Promise<void> {
      redis.client.disconnect();
      await redis.stop();
      await broker.stop();
    },
  };
}
