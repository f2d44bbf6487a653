import { hostname } from "node:os";
import type { Config } from "../config/config.ts";
import { parseDuration } from "../config/units.ts";
import type { RoleName } from "../runtime/role.ts";
import { startSystem } from "../runtime/system.ts";
import { runDaemon } from "./daemon.ts";
import { say } from "./output.ts";
import { prepareReportFile, writeReport } from "./report-file.ts";
import { createTerminalLog } from "./settings.ts";
import { describeWork } from "./work-done.ts";

/** Ports tried first when none is named. */
const defaultPorts: Record<RoleName | "up", number> = {
  up: 7700,
  aggregator: 7700,
  detector: 7701,
  generator: 7702,
  scheduler: 7703,
};

/** Flags of a running process that are no configuration. */
export interface DaemonFlags {
  instance?: string | undefined;
  for?: string | undefined;
  report?: string | undefined;
}

export interface RunOptions {
  config: Config;
  name: RoleName | "up";
  roles: readonly RoleName[];
  flags: DaemonFlags;
  version: string;
}

/** Runs roles in this process until their time, a signal or a failure. */
export async function runRoles(options: RunOptions): Promise<void> {
  const { config, name, roles, flags, version } = options;
  const { report } = flags;
  const startedAt = Date.now();
  if (report !== undefined) await prepareReportFile(report);
  await runDaemon({
    drainMs: config.drainMs,
    forMs: flags.for === undefined ? undefined : parseDuration(flags.for, "--for"),
    start: (ending) =>
      startSystem({
        config,
        ending,
        roles,
        instance: flags.instance ?? `${hostname()}-${process.pid}`,
        log: createTerminalLog(config),
        defaultPort: defaultPorts[name],
        observed: report !== undefined,
      }),
    running: (system) => {
      say(`tmon: ${name} runs: ${system.url}`);
      if (name === "up" && process.stderr.isTTY) {
        say(`tmon: watch with: tmon tail risk-assessment-results --data-dir ${config.dataDir}`);
      }
    },
    stopped: async (system, run) => {
      say(`tmon: stopped: ${await describeWork(system, roles)}`);
      if (report !== undefined) await writeReport(report, system, { startedAt, ...run, version });
    },
  });
}
