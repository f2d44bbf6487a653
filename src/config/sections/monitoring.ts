import type { MonitoringConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import { isSecretName } from "../redact.ts";
import { Secret } from "../secret.ts";
import { readSecretFile } from "../secret-file.ts";
import type { YamlFile } from "../yaml-file.ts";

type Settings = Record<string, unknown>;

/** The keys that count; what a channel keeps secret is hidden. */
export function chooseMonitoring({ monitoring: { file, data } }: Sources): MonitoringConfig {
  if (!file || !data) return {};
  const { alerts, logging, audit, health_check } = data;
  const notification_channels = alerts?.notification_channels?.map((channel) => ({
    ...channel,
    config: channel.config && hideSecrets(channel.config, file),
  }));
  return { alerts: alerts && { ...alerts, notification_channels }, logging, audit, health_check };
}

/** An address of a channel holds its token: addresses are secrets too. Each may stand in a file: `password_file`. */
function hideSecrets(settings: Settings, file: YamlFile): Settings {
  const isSecret = (name: string) => isSecretName(name) || /(^|_)url$/i.test(name);
  const entries = Object.entries(settings).map(([name, value]): [string, unknown] => {
    const sibling = name.replace(/_file$/, "");
    if (sibling !== name && isSecret(sibling)) return [sibling, new Secret(readSecretFile(`${value}`, file))];
    if (isSettings(value)) return [name, hideSecrets(value, file)];
    return [name, isSecret(name) ? new Secret(`${value}`) : value];
  });
  return Object.fromEntries(entries);
}

function isSettings(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
