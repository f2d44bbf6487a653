import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { RunFacts } from "./report.ts";

/** What ran, and on what. */
export function describeRun(config: Config, version: string): RunFacts["run"] {
  return {
    version,
    bus: config.bus.kind,
    store: config.store.kind,
    model: config.detector.model === undefined ? null : basename(config.detector.model),
    vlm: config.vlm.model,
    simulated: config.vlm.provider === "simulated",
    cores: availableParallelism(),
    node: process.version,
  };
}

export function processUse(): RunFacts["process"] {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, maxRssBytes: maxRSS * 1024 };
}

/** Messages that the log's retention removed before this process read them. */
export async function countUnreadLost({ unreadLost }: Metrics): Promise<number> {
  const { values } = await unreadLost.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}
