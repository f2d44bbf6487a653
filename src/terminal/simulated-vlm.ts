import { parseDuration } from "../config/units.ts";
import { TmonError } from "../errors.ts";
import { startSimulatedVlm } from "../simulator/vlm/server.ts";
import { say } from "./output.ts";

export interface SimulatedVlmFlags {
  port: number;
  latency: string;
  errorRate: string;
  seed: number;
}

/** Serves until a signal. */
export async function runSimulatedVlm(flags: SimulatedVlmFlags): Promise<void> {
  const provider = await startSimulatedVlm({
    port: flags.port,
    latencyMs: parseDuration(flags.latency, "--latency"),
    errorRate: share(flags.errorRate),
    seed: flags.seed,
  });
  say(
    `tmon: simulated provider at ${provider.url}; use it with TMON_VLM_BASE_URL=${provider.url} DASHSCOPE_API_KEY=any`,
  );
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  await provider.close();
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new TmonError(
    "TMON_USAGE",
    `--error-rate ${text} is not a share`,
    "give a number from 0 to 1, e.g. 0.05",
  );
}
