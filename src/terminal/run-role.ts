import {
  checkListening,
  checkShared,
  requireCameras,
  requireModel,
  resolveProvider,
} from "../config/checks.ts";
import type { Config } from "../config/config.ts";
import type { ConfigFlags } from "../config/load.ts";
import type { RoleName } from "../runtime/role.ts";
import { type DaemonFlags, runRoles } from "./run-roles.ts";
import { loadSettings, sayBackends, sayProvider } from "./settings.ts";

/** `tmon run ROLE`: one role as a process of its own. */
export async function runRole(role: RoleName, flags: ConfigFlags & DaemonFlags, version: string): Promise<void> {
  const { config: loaded } = loadSettings(flags);
  sayBackends(loaded);
  checkShared(loaded);
  checkListening(loaded);
  const config = needs[role](loaded);
  await runRoles({ config, name: role, roles: [role], flags, version });
}

/** What a role cannot start without. */
const needs: Record<RoleName, (config: Config) => Config> = {
  detector: (config) => {
    requireCameras(config);
    requireModel(config);
    return config;
  },
  generator: (config) => config,
  scheduler: (config) => {
    const resolved = resolveProvider(config);
    sayProvider(resolved);
    return resolved;
  },
  aggregator: (config) => config,
};
