import { resolveProvider } from "../config/checks.ts";
import type { ConfigFlags } from "../config/load.ts";
import { roleNames } from "../runtime/role.ts";
import { type DaemonFlags, runRoles } from "./run-roles.ts";
import { loadRunSettings, sayProvider } from "./settings.ts";

/** `tmon up`: all roles in this process. */
export async function runUp(flags: ConfigFlags & DaemonFlags, version: string): Promise<void> {
  const config = resolveProvider(loadRunSettings(flags), { standIn: true });
  sayProvider(config);
  await runRoles({ config, name: "up", roles: roleNames, flags, version });
}
