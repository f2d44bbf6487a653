import { requireSharedStore, resolveProvider, withDetectorModel } from "../config/checks.ts";
import type { ConfigFlags } from "../config/load.ts";
import type { RoleName } from "../runtime/role.ts";
import { sayProvider } from "./provider.ts";
import { type DaemonFlags, runRoles } from "./run-roles.ts";
import { loadRunSettings } from "./settings.ts";
import { sayCameras } from "./simulation.ts";

/** `tmon run ROLE`: one role as a process of its own. */
export async function runRole(
  role: RoleName,
  flags: ConfigFlags & DaemonFlags,
  version: string,
): Promise<void> {
  let config = loadRunSettings(flags);
  requireSharedStore(config);
  if (role === "detector") {
    config = withDetectorModel(config);
    sayCameras(config);
  }
  if (role === "scheduler") {
    // It cannot see what kind of cameras there are: invented verdicts have to be asked for.
    config = resolveProvider(config, { standIn: false });
    sayProvider(config);
  }
  await runRoles({ config, name: role, roles: [role], flags, version });
}
