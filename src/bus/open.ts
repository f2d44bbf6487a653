import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { TmonError } from "../errors.ts";
import type { Bus } from "./bus.ts";
import { openEmbeddedBus } from "./embedded/open.ts";

export async function openBus(config: Config, log: Logger): Promise<Bus> {
  const { kind, durability, retentionMs, retentionBytes } = config.bus;
  if (kind === "kafka")
    throw new TmonError(
      "TMON_BUS_UNAVAILABLE",
      "This version of tmon has no Kafka bus yet.",
      "Use --bus embedded.",
    );
  const topics = Object.values(config.topics).map(({ name, partitions }) => ({ name, partitions }));
  return openEmbeddedBus({ dataDir: config.dataDir, topics, durability, retentionMs, retentionBytes, log });
}
