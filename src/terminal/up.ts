import { checkListening, requireCameras, requireModel, resolveProvider } from "../config/checks.ts";
import type { ConfigFlags } from "../config/load.ts";
import { roleNames } from "../runtime/role.ts";
import { type DaemonFlags, runRoles } from "./run-roles.ts";
import { loadSettings, sayBackends, sayProvider } from "./settings.ts";

/** `tmon up`: all roles in this process. */
export async function runUp(flags: ConfigFlags & DaemonFlags, version: string): Promise<void> {
  const { config: loaded } = loadSettings(flags);
  sayBackends(loaded);
  requireCameras(loaded);
  requireModel(loaded);
  checkListening(loaded);
  const config = resolveProvider(loaded);
  sayProvider(config);
  await runRoles({ config, name: "up", roles: roleNames, flags, version });
}
