import { limitSpending, resolveProvider, withDetectorModel } from "../config/checks.ts";
import type { ConfigFlags } from "../config/load.ts";
import { withStandInCameras } from "../config/stand-in-cameras.ts";
import { roleNames } from "../runtime/role.ts";
import { say } from "./output.ts";
import { sayProvider } from "./provider.ts";
import { type DaemonFlags, runRoles } from "./run-roles.ts";
import { loadRunSettings } from "./settings.ts";
import { sayCameras } from "./simulation.ts";

/** `tmon up`: all roles in this process. */
export async function runUp(flags: ConfigFlags & DaemonFlags, version: string): Promise<void> {
  const loaded = loadRunSettings(flags);
  const watched = withStandInCameras(loaded);
  const config = withDetectorModel(limitSpending(resolveProvider(watched, { standIn: true })));
  sayCameras(config);
  sayProvider(config);
  if (config.vlm.provider !== loaded.vlm.provider && loaded.keys.length > 0)
    say(
      "tmon: no API key is asked about them: name a camera, or allow what that may cost with --spend 5yuan",
    );
  if (config.cameras.length === 0)
    say(
      "tmon: no camera is configured: waiting for streams that are started over /ws (or name one with --camera)",
    );
  await runRoles({ config, name: "up", roles: roleNames, flags, version });
}
