import { TmonError } from "../errors.ts";
import { type Latency, latencyForms, NoLatency, readLatency } from "../simulator/vlm/latency.ts";
import type { FaultOptions, SimulatedVlmOptions } from "../simulator/vlm/options.ts";
import { readScenario } from "../simulator/vlm/scenario-file.ts";
import { startSimulatedVlm } from "../simulator/vlm/server.ts";
import { say } from "./output.ts";

export interface SimulatedVlmFlags {
  port: number;
  scenario?: string | undefined;
  latency?: string | undefined;
  errorRate?: string | undefined;
  seed?: number | undefined;
  rpm?: number | undefined;
  tpm?: number | undefined;
  qps?: string | undefined;
}

/** Serves until a signal. */
export async function runSimulatedVlm(flags: SimulatedVlmFlags): Promise<void> {
  const options = optionsOf(flags);
  const provider = await startSimulatedVlm(options);
  const key = options.keys ? "with one of the scenario's keys as DASHSCOPE_API_KEY" : "DASHSCOPE_API_KEY=any";
  // Before it says that it is there: who started it may end it at once.
  const ended = new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  say(`tmon: simulated provider at ${provider.url}; use it with TMON_VLM_BASE_URL=${provider.url} ${key}`);
  await ended;
  await provider.close();
}

/** Flags count before what the scenario says for all; what it says of one account or key stays. */
function optionsOf(flags: SimulatedVlmFlags): SimulatedVlmOptions {
  const { port, seed, latency, errorRate, rpm, tpm, qps } = flags;
  const scenario = flags.scenario === undefined ? {} : readScenario(flags.scenario, process.env);
  const { limits } = scenario;
  return {
    ...scenario,
    port,
    seed: seed ?? scenario.seed,
    latencyMs: latency === undefined ? scenario.latencyMs : latencyOf(latency),
    faults: errorRate === undefined ? scenario.faults : failing(errorRate),
    limits: {
      ...limits,
      rpm: rpm ?? limits?.rpm,
      tpm: tpm ?? limits?.tpm,
      qps: qps === undefined ? limits?.qps : rateOf(qps),
    },
  };
}

function latencyOf(text: string): Latency {
  try {
    return readLatency(text, process.cwd());
  } catch (error) {
    if (!(error instanceof NoLatency)) throw error;
    throw new TmonError(
      "TMON_USAGE",
      `--latency is "${text}", which ${error.message}`,
      `write ${latencyForms}`,
    );
  }
}

function failing(text: string): FaultOptions[] {
  const share = Number(text);
  if (text.trim() !== "" && share >= 0 && share <= 1) return [{ fault: "internal_error", share }];
  throw new TmonError(
    "TMON_USAGE",
    `--error-rate ${text} is not a share`,
    "give a number from 0 to 1, e.g. 0.05",
  );
}

function rateOf(text: string): number | "off" {
  if (text === "off" || Number(text) > 0) return text === "off" ? "off" : Number(text);
  throw new TmonError("TMON_USAGE", `--qps is "${text}"`, "give a number of requests a second, or off");
}
