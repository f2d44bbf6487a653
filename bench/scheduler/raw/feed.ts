import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { openBus } from "../../../src/bus/open.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { taskMessage } from "./tasks.ts";

const lookEveryMs = 2;
const mostAhead = 1_024;
const batch = 64;
let written = 0;

/** Writes so many tasks to the embedded bus in the directory, never far ahead of their results. */
export async function openFeed(directory: string) {
  const flags = { dataDir: directory };
  const { config } = loadConfig({ flags, env: {}, cwd: directory, home: homedir() });
  const bus = await openBus(config, pino({ level: "silent" }));
  const results = async () => {
    const partitions = await bus.describeTopics(["risk-assessment-results"]);
    return partitions.reduce((sum, { end }) => sum + end, 0);
  };
  return {
    async write(count: number): Promise<void> {
      for (const until = written + count; written < until; ) {
        if (written - (await results()) >= mostAhead) await delay(lookEveryMs);
        else {
          const size = Math.min(batch, until - written);
          await bus.produce(Array.from({ length: size }, (_, index) => taskMessage(written + index)));
          written += size;
        }
      }
    },
    close: () => bus.close(),
  };
}
