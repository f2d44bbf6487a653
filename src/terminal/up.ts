import { limitSpending, requireDetector, resolveProvider } from "../config/checks.ts";
import type { ConfigFlags } from "../config/load.ts";
import { roleNames } from "../runtime/role.ts";
import { say } from "./output.ts";
import { sayProvider } from "./provider.ts";
import { type DaemonFlags, runRoles } from "./run-roles.ts";
import { loadRunSettings } from "./settings.ts";

/** `tmon up`: all roles in this process. */
export async function runUp(flags: ConfigFlags & DaemonFlags, version: string): Promise<void> {
  const config = limitSpending(resolveProvider(loadRunSettings(flags), { standIn: true }));
  requireDetector(config);
  sayProvider(config);
  if (config.cameras.length === 0)
    say(
      "tmon: no camera is configured: waiting for streams that are started over /ws (or name one with --camera)",
    );
  await runRoles({ config, name: "up", roles: roleNames, flags, version });
}
