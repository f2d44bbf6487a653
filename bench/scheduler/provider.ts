import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SimulatedVlmStats } from "../../src/simulator/vlm/server.ts";
import { startProcess } from "../support/processes.ts";

const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));

/** `tmon sim vlm` with a scenario, as its file has it. */
export async function startProvider(directory: string, scenario: object) {
  const file = join(directory, "provider.yaml");
  writeFileSync(file, JSON.stringify(scenario));
  const provider = startProcess(
    process.execPath,
    [program, "sim", "vlm", "--port", "0", "--scenario", file],
    {
      log: join(directory, "provider.log"),
    },
  );
  const [, url] = await provider.says(/provider at (http:\S+?);/);
  return {
    /** Base URL. */
    url: url!,
    stats: async () => (await (await fetch(new URL("/stats", url))).json()) as SimulatedVlmStats,
    async stop(): Promise<void> {
      provider.kill("SIGTERM");
      await provider.ended;
    },
  };
}
