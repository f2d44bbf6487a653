import type { ConfigFlags } from "../config/load.ts";
import { roleNames } from "../runtime/role.ts";
import { requireCameras, requireLoopbackOrToken, resolveProvider } from "../config/checks.ts";
import { runRoles } from "./run-roles.ts";
import { loadSettings, sayBackends } from "./settings.ts";
