import { homedir } from "node:os";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { type ConfigFlags, type LoadedConfig, loadConfig } from "../config/load.ts";
import { createLog } from "../observability/log.ts";
import { say } from "./output.ts";

/** Loads the configuration for a command and says on stderr what a person should know of it. */
export function loadSettings(flags: ConfigFlags): LoadedConfig {
  const loaded = loadConfig({ flags, env: process.env, cwd: process.cwd(), home: homedir() });
  for (const warning of loaded.warnings) say(`tmon: warning: ${warning}`);
  for (const notice of loaded.notices) say(`tmon: ${notice}`);
  return loaded;
}

/** The first line of every command that touches them: which bus and which store, so that none is a surprise. */
export function sayBackends({ bus, store, dataDir }: Config): void {
  const place = (kind: string) => (kind === "embedded" ? `embedded (${dataDir})` : kind);
  say(`tmon: bus ${place(bus.kind)}, store ${place(store.kind)}`);
}

/** Whose verdicts these will be: never by accident invented ones on real roads. */
export function sayProvider({ vlm, keys }: Config): void {
  const enabled = keys.filter((key) => key.enabled).length;
  say(
    vlm.provider === "simulated"
      ? "tmon: the VLM is SIMULATED: its verdicts are invented from geometry, and marked so"
      : `tmon: VLM ${vlm.model} at ${vlm.baseUrl}, ${enabled} ${enabled === 1 ? "key" : "keys"}`,
  );
}

export function createTerminalLog(config: Config): Logger {
  return createLog(config.logLevel, { pretty: process.stderr.isTTY });
}
