import { hostname } from "node:os";
import type { Config } from "../config/config.ts";
import { parseDuration } from "../config/units.ts";
import type { RoleName } from "../runtime/role.ts";
import { startSystem } from "../runtime/system.ts";
import { runDaemon } from "./daemon.ts";
import { say } from "./output.ts";
import { writeReport } from "./report-file.ts";
import { createTerminalLog } from "./settings.ts";

/** Ports tried first when none is named. */
const defaultPorts: Record<RoleName | "up", number> = {
  up: 7700,
  aggregator: 7700,
  detector: 7701,
  generator: 7702,
  scheduler: 7703,
};

export interface RunOptions {
  config: Config;
  name: RoleName | "up";
  roles: readonly RoleName[];
  instance: string | undefined;
  for: string | undefined;
  report?: string | undefined;
  version: string;
}

/** Runs roles in this process until their time, a signal or a failure. */
export async function runRoles(options: RunOptions): Promise<void> {
  const { config, name, report } = options;
  const startedAt = Date.now();
  await runDaemon({
    drainMs: config.drainMs,
    forMs: options.for === undefined ? undefined : parseDuration(options.for),
    start: () =>
      startSystem({
        config,
        roles: options.roles,
        instance: options.instance ?? `${hostname()}-${process.pid}`,
        log: createTerminalLog(config),
        defaultPort: defaultPorts[name],
        observed: report !== undefined,
      }),
    running: (system) => say(`tmon: ${name} runs: ${system.url}`),
    finished: async (system, drained) => {
      if (report !== undefined) await writeReport(report, system, { startedAt, drained, version: options.version });
    },
  });
}
