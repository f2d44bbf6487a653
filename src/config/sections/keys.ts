import { TmonError } from "../../errors.ts";
import type { ApiKeyEntry } from "../api-keys-file.ts";
import type { ApiKeyConfig, VlmConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Candidate, type Choose, fromFile, listFromEnvironment, map } from "../provenance.ts";
import { Secret } from "../secret.ts";
import { readSecretFile } from "../secret-file.ts";
import type { YamlFile } from "../yaml-file.ts";
import { namedProvider, saidForAllKeys } from "./vlm.ts";

/** Requests a minute of one DashScope account for one model: help.aliyun.com, rate limits. */
const accountRpm = 1200;

/** A key belongs to its provider: one list replaces the others, and the others are not even looked at. */
export function chooseKeys(choose: Choose, sources: Sources, vlm: VlmConfig): ApiKeyConfig[] {
  return choose<ApiKeyConfig[]>(
    "api_keys",
    keyOfProvider(sources, vlm) ?? keysOfEnvironment(sources, vlm) ?? keysOfFile(sources, vlm),
    byDefault<ApiKeyConfig[]>([]),
  );
}

const withoutLimits = { qpsLimit: undefined, rpmLimit: undefined, enabled: true, priority: 1 };

/** `--vlm NAME`: the keys of another provider never go to this one. A local server takes any word for a key. */
function keyOfProvider(
  sources: Sources,
  { baseUrl, model }: VlmConfig,
): Candidate<ApiKeyConfig[]> | undefined {
  return map(namedProvider(sources), ({ key, key_file }) => {
    const value = key ?? (key_file === undefined ? "none" : readSecretFile(key_file, sources.tmon.file));
    return [{ id: `${sources.flags.vlm}`, key: new Secret(value), baseUrl, model, ...withoutLimits }];
  });
}

/** They count as one account, whose limit they share equally. */
function keysOfEnvironment(
  { env }: Sources,
  { baseUrl, model }: VlmConfig,
): Candidate<ApiKeyConfig[]> | undefined {
  const listed =
    listFromEnvironment(env, "DASHSCOPE_API_KEYS") ?? listFromEnvironment(env, "DASHSCOPE_API_KEY");
  return map(listed, (keys) =>
    keys.map((key, index) => ({
      ...withoutLimits,
      id: `env_${index + 1}`,
      key: new Secret(key),
      baseUrl,
      model,
      rpmLimit: Math.max(1, Math.floor(accountRpm / keys.length)),
    })),
  );
}

function keysOfFile(sources: Sources, vlm: VlmConfig): Candidate<ApiKeyConfig[]> | undefined {
  const { file, data } = sources.keys;
  return map(fromFile<(ApiKeyEntry | null)[]>(file, data, ["api_keys"]), (entries) => {
    refuseDuplicates(entries, file);
    noteUnset(sources);
    return entries.flatMap((entry, index) => (entry ? describe(entry, index, sources, vlm) : []));
  });
}

const idOf = (entry: ApiKeyEntry, index: number) => entry.key_id ?? `key_${index + 1}`;

function refuseDuplicates(entries: (ApiKeyEntry | null)[], file: YamlFile | undefined): void {
  const ids = entries.map((entry, index) => entry && idOf(entry, index));
  const twice = ids.findIndex((id, index) => id !== null && ids.indexOf(id) < index);
  if (twice < 0) return;
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `${file?.placeOf(["api_keys", twice, "key_id"])}: two keys have the key_id ${ids[twice]}`,
    "give each its own",
  );
}

/** Entries whose variable is unset were left out: one notice each, and the others work. */
function noteUnset({ keys: { file }, notices }: Sources): void {
  const ofEntries = new Map(file?.unset.map(({ path, name }) => [path[1], name]));
  for (const [index, name] of ofEntries) {
    const place = file?.placeOf(["api_keys", Number(index)]);
    notices.push(`${place}: api_keys.${index} is left out: the variable ${name} is not set`);
  }
}

function describe(entry: ApiKeyEntry, index: number, sources: Sources, vlm: VlmConfig): ApiKeyConfig {
  const said = saidForAllKeys(sources);
  return {
    id: idOf(entry, index),
    key: new Secret(entry.key ?? readSecretFile(entry.key_file as string, sources.keys.file)),
    baseUrl: said.baseUrl?.value ?? entry.base_url ?? vlm.baseUrl,
    model: said.model?.value ?? entry.model ?? vlm.model,
    qpsLimit: entry.qps_limit,
    rpmLimit: entry.rpm_limit,
    enabled: entry.enabled ?? true,
    priority: entry.priority ?? 1,
  };
}
