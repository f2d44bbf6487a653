import { availableParallelism } from "node:os";
import { type ApiKeysFile, checkApiKeysFile } from "./api-keys-file.ts";
import { checkFile } from "./check-file.ts";
import type { Config } from "./config.ts";
import { findConfigDirectory, findDataDirectory, type Surroundings } from "./directory.ts";
import { type KafkaFile, kafkaFileSchema } from "./kafka-file.ts";
import { type MonitoringFile, monitoringFileSchema } from "./monitoring-file.ts";
import { createChooser, type Provenance } from "./provenance.ts";
import { chooseBackends } from "./sections/backends.ts";
import { chooseBudgets } from "./sections/budgets.ts";
import { chooseCameras } from "./sections/cameras.ts";
import { chooseDetector } from "./sections/detector.ts";
import { chooseKafka } from "./sections/kafka.ts";
import { chooseKeys } from "./sections/keys.ts";
import { chooseModels } from "./sections/models.ts";
import { chooseMonitoring } from "./sections/monitoring.ts";
import { chooseLogLevel, chooseProcess } from "./sections/process.ts";
import { chooseScheduler } from "./sections/scheduler.ts";
import { chooseTopics } from "./sections/topics.ts";
import { chooseVlm } from "./sections/vlm.ts";
import { type CamerasFile, camerasFileSchema, type TmonFile, tmonFileSchema } from "./tmon-file.ts";
import { warnOfUnusedKeys } from "./unused-keys.ts";
import { readYamlFile, type YamlFile } from "./yaml-file.ts";

/** Flags of the command line that configure; texts as they were typed. */
export interface ConfigFlags {
  configDir?: string | undefined;
  dataDir?: string | undefined;
  bus?: string | undefined;
  store?: string | undefined;
  camera?: string[] | undefined;
  cameras?: number | undefined;
  model?: string | undefined;
  interval?: string | undefined;
  mirror?: string | undefined;
  vlm?: string | undefined;
  vlmModel?: string | undefined;
  spend?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  drain?: string | undefined;
  logLevel?: string | undefined;
}

export interface LoadedConfig {
  config: Config;
  provenance: Provenance;
  /** What a file asks for and does not get. */
  warnings: string[];
  notices: string[];
}

/** A file with its checked content; both absent when there is no such file. */
export interface Checked<T> {
  file: YamlFile | undefined;
  data: T | undefined;
}

/** What the sections choose from. */
export interface Sources extends Surroundings {
  flags: ConfigFlags;
  configDir: string | undefined;
  tmon: Checked<TmonFile>;
  cameras: Checked<CamerasFile>;
  kafka: Checked<KafkaFile>;
  keys: Checked<ApiKeysFile>;
  monitoring: Checked<MonitoringFile>;
  notices: string[];
}

/**
 * Flags over environment over files over defaults: one validated, frozen configuration that knows where each
 * value came from. Reads files and nothing else.
 * @throws TmonError TMON_CONFIG_*, TMON_SOURCE_UNSUPPORTED, TMON_USAGE
 */
export function loadConfig({ flags, ...surroundings }: Surroundings & { flags: ConfigFlags }): LoadedConfig {
  const configDir = findConfigDirectory(flags.configDir, surroundings);
  const sources = readSources(flags, configDir, surroundings);
  const { choose, provenance } = createChooser();
  const vlm = chooseVlm(choose, sources);
  const models = chooseModels(choose, sources);
  const config: Config = {
    configDir,
    dataDir: choose("data_dir", findDataDirectory(flags.dataDir, surroundings)),
    ...chooseBackends(choose, sources),
    ...chooseTopics(choose, sources),
    cameras: chooseCameras(choose, sources),
    detector: chooseDetector(choose, sources, { cores: availableParallelism(), models }),
    models,
    vlm,
    keys: chooseKeys(choose, sources, vlm),
    scheduler: chooseScheduler(choose, sources),
    budgets: chooseBudgets(choose, sources),
    ...chooseProcess(choose, sources),
    kafka: chooseKafka(choose, sources),
    monitoring: chooseMonitoring(sources),
    logLevel: chooseLogLevel(choose, sources),
  };

  const files = [sources.kafka, sources.keys, sources.monitoring].flatMap(({ file }) => file ?? []);
  const warnings = files.flatMap((file) => warnOfUnusedKeys(file) ?? []);
  return { config: deepFreeze(config), provenance, warnings, notices: sources.notices };
}

function readSources(flags: ConfigFlags, configDir: string | undefined, surroundings: Surroundings): Sources {
  const { env } = surroundings;
  const read = <T>(
    name: string,
    check: (file: YamlFile) => T,
    tolerate?: Parameters<typeof readYamlFile>[3],
  ): Checked<T> => {
    const file = configDir === undefined ? undefined : readYamlFile(configDir, name, env, tolerate);
    return { file, data: file && check(file) };
  };
  return {
    ...surroundings,
    flags,
    configDir,
    tmon: read("tmon.yaml", (file) => checkFile(tmonFileSchema, file)),
    cameras: read("cameras.yaml", (file) => checkFile(camerasFileSchema, file)),
    kafka: read("kafka.yaml", (file) => checkFile(kafkaFileSchema, file)),
    keys: read("api_keys.yaml", checkApiKeysFile, ({ path }) => path[0] === "api_keys" && path.length > 1),
    monitoring: read("monitoring.yaml", (file) => checkFile(monitoringFileSchema, file)),
    notices: [],
  };
}

/** Secrets stay as they are: their value is private already. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
