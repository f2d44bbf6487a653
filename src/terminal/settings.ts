import { homedir } from "node:os";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { type ConfigFlags, type LoadedConfig, loadConfig } from "../config/load.ts";
import { createLog } from "../observability/log.ts";
import { liveLine } from "./live-line.ts";
import { say } from "./output.ts";

/** Loads the configuration for a command and says on stderr what a person should know of it. */
export function loadSettings(flags: ConfigFlags): LoadedConfig {
  const loaded = loadConfig({ flags, env: process.env, cwd: process.cwd(), home: homedir() });
  sayRemarks(loaded);
  return loaded;
}

/**
 * As loadSettings, for a command that touches bus or store: its first line names both and where they are, so that
 * neither is a surprise.
 */
export function loadRunSettings(flags: ConfigFlags): Config {
  const loaded = loadConfig({ flags, env: process.env, cwd: process.cwd(), home: homedir() });
  const { bus, store, kafka, dataDir } = loaded.config;
  const place = (kind: string, key: string, address: string) =>
    kind === "embedded"
      ? `${kind} (${dataDir})`
      : `${kind} at ${address} (chosen by ${loaded.provenance.get(key)?.source})`;
  const busPlace = place(bus.kind, "bus", kafka.brokers.join());
  say(`tmon: bus ${busPlace}, store ${place(store.kind, "store", store.redis.shownUrl)}`);
  sayRemarks(loaded);
  return loaded.config;
}

/** The same configuration again, as its files are now; what was said of it is not said again. */
export function reloadSettings(flags: ConfigFlags): Config {
  return loadConfig({ flags, env: process.env, cwd: process.cwd(), home: homedir() }).config;
}

export function sayRemarks({ warnings, notices }: LoadedConfig): void {
  for (const warning of warnings) say(`tmon: warning: ${warning}`);
  for (const notice of notices) say(`tmon: ${notice}`);
}

export function createTerminalLog(config: Config): Promise<Logger> {
  return createLog(config.logLevel, process.stderr.isTTY ? { pretty: liveLine.above } : {});
}
