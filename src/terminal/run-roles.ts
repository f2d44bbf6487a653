import { hostname } from "node:os";
import type { Config } from "../config/config.ts";
import type { ConfigFlags } from "../config/load.ts";
import { parseDuration } from "../config/units.ts";
import type { RoleName } from "../runtime/role.ts";
import { runDaemon } from "./daemon.ts";
import { followKeys } from "./key-reload.ts";
import { say } from "./output.ts";
import { prepareReportFile, writeReport } from "./report-file.ts";
import { createTerminalLog, reloadSettings } from "./settings.ts";
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
  flags: ConfigFlags & DaemonFlags;
  version: string;
}

/** Runs roles in this process until their time, a signal or a failure. */
export async function runRoles(options: RunOptions): Promise<void> {
  const { config, name, roles, flags, version } = options;
  const { report } = flags;
  const startedAt = Date.now();
  const log = await createTerminalLog(config);
  let unfollow = () => {};
  if (report !== undefined) await prepareReportFile(report);
  await runDaemon({
    drainMs: config.drainMs,
    forMs: flags.for === undefined ? undefined : parseDuration(flags.for, "--for"),
    start: async (ending) => {
      // It is large, and no command line that is refused needs it.
      const { startSystem } = await import("../runtime/system.ts");
      return startSystem({
        config,
        ending,
        roles,
        instance: flags.instance ?? `${hostname()}-${process.pid}`,
        log,
        defaultPort: defaultPorts[name],
        observed: report !== undefined,
      });
    },
    running: (system) => {
      if (roles.includes("scheduler") && config.vlm.provider === "configured")
        unfollow = followKeys(system, () => reloadSettings(flags), log);
      if (name === "up" && process.stderr.isTTY) {
        say(`tmon: watch with: tmon tail risk-assessment-results --data-dir ${config.dataDir}`);
      }
      say(`tmon: ${name} runs: ${system.url}`);
    },
    stopped: async (system, run) => {
      unfollow();
      say(`tmon: stopped: ${await describeWork(system, roles)}`);
      if (report !== undefined) await writeReport(report, system, { startedAt, ...run, version });
    },
  });
}
