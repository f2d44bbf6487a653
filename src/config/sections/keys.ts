import { TmonError } from "../../errors.ts";
import type { AccountEntry, ApiKeyEntry } from "../api-keys-file.ts";
import type { ApiKeyConfig, QuotaLimits, VlmConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Candidate, type Choose, fromFile, listFromEnvironment, map } from "../provenance.ts";
import { Secret } from "../secret.ts";
import { readSecretFile } from "../secret-file.ts";
import { namedProvider, saidForAllKeys } from "./vlm.ts";

/** The keys of the environment are of one account, which the file may have limits for. */
const environment = "environment";
/** Of one DashScope account for one model: help.aliyun.com, rate limits. */
const dashScopeLimits = { rpm: 1_200, tpm: 1_000_000 };

export const noLimits: QuotaLimits = {
  rpm: undefined,
  tpm: undefined,
  qps: undefined,
  tps: undefined,
  concurrency: undefined,
};

/** A key belongs to its provider: one list replaces the others, and the others are not even looked at. */
export function chooseKeys(choose: Choose, sources: Sources, vlm: VlmConfig): ApiKeyConfig[] {
  return choose<ApiKeyConfig[]>(
    "api_keys",
    keyOfProvider(sources, vlm) ?? keysOfEnvironment(sources, vlm) ?? keysOfFile(sources, vlm),
    byDefault<ApiKeyConfig[]>([]),
  );
}

/** Without limits, and like any other. */
export const plainKey = { account: undefined, limits: noLimits, enabled: true, priority: 1, weight: 1 };

/** `--vlm NAME`: the keys of another provider never go to this one. A local server takes any word for a key. */
function keyOfProvider(
  sources: Sources,
  { baseUrl, model }: VlmConfig,
): Candidate<ApiKeyConfig[]> | undefined {
  return map(namedProvider(sources), ({ key, key_file }) => {
    const value = key ?? (key_file === undefined ? "none" : readSecretFile(key_file, sources.tmon.file));
    return [{ ...plainKey, id: `${sources.flags.vlm}`, key: new Secret(value), baseUrl, model }];
  });
}

function keysOfEnvironment(
  { env, keys: { data } }: Sources,
  { baseUrl, model }: VlmConfig,
): Candidate<ApiKeyConfig[]> | undefined {
  const listed =
    listFromEnvironment(env, "DASHSCOPE_API_KEYS") ?? listFromEnvironment(env, "DASHSCOPE_API_KEY");
  const told = data?.accounts?.find(({ id }) => id === environment)?.models[model];
  const account = { id: environment, limits: limitsOf(told ?? dashScopeLimits) };
  return map(listed, (keys) =>
    keys.map((key, index) => ({
      ...plainKey,
      id: `env_${index + 1}`,
      key: new Secret(key),
      baseUrl,
      model,
      account,
    })),
  );
}

function keysOfFile(sources: Sources, vlm: VlmConfig): Candidate<ApiKeyConfig[]> | undefined {
  const { file, data } = sources.keys;
  refuseDuplicates(
    (data?.accounts ?? []).map(({ id }) => id),
    (index) => file?.placeOf(["accounts", index, "id"]),
    "accounts have the id",
  );
  return map(fromFile<(ApiKeyEntry | null)[]>(file, data, ["api_keys"]), (entries) => {
    refuseDuplicates(
      entries.map((entry, index) => entry && idOf(entry, index)),
      (index) => file?.placeOf(["api_keys", index, "key_id"]),
      "keys have the key_id",
    );
    noteUnset(sources);
    return entries.flatMap((entry, index) => (entry ? describe(entry, index, sources, vlm) : []));
  });
}

const idOf = (entry: ApiKeyEntry, index: number) => entry.key_id ?? `key_${index + 1}`;

function refuseDuplicates(
  ids: readonly (string | null)[],
  placeOf: (index: number) => string | undefined,
  what: string,
): void {
  const twice = ids.findIndex((id, index) => id !== null && ids.indexOf(id) < index);
  if (twice < 0) return;
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `${placeOf(twice)}: two ${what} ${ids[twice]}`,
    "give each its own",
  );
}

/** Entries whose variable is unset were left out: one notice each, and the others work. */
function noteUnset({ keys: { file }, notices }: Sources): void {
  const ofEntries = new Map(
    file?.unset.filter(({ path }) => path[0] === "api_keys").map(({ path, name }) => [path[1], name]),
  );
  for (const [index, name] of ofEntries) {
    const place = file?.placeOf(["api_keys", Number(index)]);
    notices.push(`${place}: api_keys.${index} is left out: the variable ${name} is not set`);
  }
}

function describe(entry: ApiKeyEntry, index: number, sources: Sources, vlm: VlmConfig): ApiKeyConfig {
  const said = saidForAllKeys(sources);
  const model = said.model?.value ?? entry.model ?? vlm.model;
  const { file, data } = sources.keys;
  const priority = entry.priority ?? 1;
  return {
    id: idOf(entry, index),
    key: new Secret(entry.key ?? readSecretFile(entry.key_file as string, file)),
    baseUrl: said.baseUrl?.value ?? entry.base_url ?? vlm.baseUrl,
    model,
    account: accountOf(entry, model, data?.accounts ?? [], file?.placeOf(["api_keys", index, "account"])),
    limits: {
      ...noLimits,
      qps: entry.qps_limit,
      rpm: entry.rpm_limit,
      tpm: entry.tpm_limit,
      concurrency: entry.concurrency,
    },
    enabled: entry.enabled ?? true,
    priority,
    weight: entry.weight ?? 1 / priority,
  };
}

function accountOf(
  { account: id }: ApiKeyEntry,
  model: string,
  accounts: readonly AccountEntry[],
  place: string | undefined,
): ApiKeyConfig["account"] {
  if (id === undefined) return undefined;
  const account = accounts.find((one) => one.id === id);
  const limits = account?.models[model];
  if (limits !== undefined) return { id, limits: limitsOf(limits) };
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    account === undefined
      ? `${place}: there is no account ${id}`
      : `${place}: the account ${id} has no limits for the model ${model}`,
    account === undefined
      ? "list it under accounts with the limits of its models"
      : `add ${model} to its models, with {} if it has none`,
  );
}

/** Each second the provider lets through a sixtieth of what it does in a minute: help.aliyun.com, rate limits. */
function limitsOf({ rpm, tpm, qps, tps, concurrency }: AccountEntry["models"][string]): QuotaLimits {
  return { rpm, tpm, qps: qps ?? sixtieth(rpm), tps: tps ?? sixtieth(tpm), concurrency };
}

const sixtieth = (perMinute: number | undefined) => perMinute && perMinute / 60;
