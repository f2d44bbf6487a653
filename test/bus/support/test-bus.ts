import { pino } from "pino";
import type { Bus } from "../../../src/bus/bus.ts";
import { type EmbeddedTopic, openEmbeddedBus } from "../../../src/bus/embedded/open.ts";

/** How a test and the child processes it starts reach one and the same bus. */
export interface BusTarget {
  kind: "embedded";
  dataDir: string;
  topics: EmbeddedTopic[];
  retentionBytes?: number;
  retentionMs?: number;
}

export function openTestBus(target: BusTarget): Promise<Bus> {
  return openEmbeddedBus({
    durability: "process",
    retentionMs: 3_600_000,
    retentionBytes: 1_000_000_000,
    log: pino({ level: "silent" }),
    ...target,
  });
}
