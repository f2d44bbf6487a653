import type { Config } from "./config.ts";
import { isLoopback } from "./loopback.ts";
import { simulatedCameras } from "./sections/cameras.ts";

const standInCount = 6;

/**
 * `up` with nothing to look at looks at simulated cameras, unless screens may start streams. Not where others share
 * the bus or the store: invented roads there have to be asked for. Nor is a key that costs money asked about them
 * unless `--spend` allows it.
 */
export function withStandInCameras(config: Config): Config {
  const { bus, store, budgets, cameras, detector, keys, vlm, web } = config;
  const isAlone = bus.kind === "embedded" && store.kind === "embedded";
  if (cameras.length > 0 || web.streams.hosts.length > 0 || !isAlone) return config;
  const isPaid = keys.some(({ enabled, baseUrl }) => enabled && !isLoopback(baseUrl));
  const provider = isPaid && budgets.simulatedYuan === undefined ? "simulated" : vlm.provider;
  return {
    ...config,
    cameras: simulatedCameras(standInCount, detector.intervalMs),
    vlm: { ...vlm, provider },
  };
}
