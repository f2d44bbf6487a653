import { TmonError } from "../../errors.ts";
import type { ApiKeyEntry } from "../api-keys-file.ts";
import type { ApiKeyConfig, VlmConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import {
  byDefault,
  type Candidate,
  type Choose,
  fromEnvironment,
  fromFile,
  fromFlag,
  map,
} from "../provenance.ts";
import { Secret } from "../secret.ts";
import { readSecretFile } from "../secret-file.ts";

/** DashScope's public endpoint and the limits of one account for one model: help.aliyun.com, rate limits. */
const dashScope = "https://dashscope.aliyuncs.com/compatible-mode/v1";
const accountRpm = 1200;
const defaultModel = "qwen3-vl-plus";

/** Yuan per 1,000 tokens: DashScope's price list, 2026. */
const prices: VlmConfig["prices"] = {
  "qwen3-vl-flash": { input: 0.00015, output: 0.0015 },
  "qwen3-vl-plus": { input: 0.001, output: 0.01 },
  "qwen-vl-plus": { input: 0.0008, output: 0.002 },
  "qwen-vl-max": { input: 0.0016, output: 0.004 },
};

export function chooseVlm(choose: Choose, sources: Sources): VlmConfig {
  const { flags, env, tmon } = sources;
  const of = <T>(fallback: T, name: string) =>
    choose(`vlm.${name}`, fromFile<T>(tmon.file, tmon.data, ["vlm", name]), byDefault(fallback));
  const named = namedProvider(sources);
  return {
    provider: flags.vlm === "sim" ? "simulated" : "configured",
    simulatedOnLive: flags.vlm === "sim",
    baseUrl: choose(
      "vlm.base_url",
      map(named, (provider) => provider.base_url),
      map(fromEnvironment(env, "TMON_VLM_BASE_URL"), withoutPath),
      fromFile<string>(tmon.file, tmon.data, ["vlm", "base_url"]),
      byDefault(dashScope),
    ),
    model: choose(
      "vlm.model",
      fromFlag("vlm-model", flags.vlmModel),
      named?.value.model === undefined ? undefined : { value: named.value.model, source: named.source },
      fromEnvironment(env, "TMON_VLM_MODEL"),
      fromFile<string>(tmon.file, tmon.data, ["vlm", "model"]),
      byDefault(defaultModel),
    ),
    language: choose(
      "language",
      fromFile<"zh" | "en">(tmon.file, tmon.data, ["language"]),
      byDefault("zh" as const),
    ),
    thresholds: of({ low: 0.45, medium: 0.65, high: 0.8 }, "thresholds"),
    maxTokens: of(512, "max_tokens"),
    prices: of(prices, "prices"),
  };
}

/** `--vlm NAME`: an entry of vlm.providers. */
function namedProvider({
  flags,
  tmon,
}: Sources): Candidate<{ base_url: string; model?: string | undefined }> | undefined {
  if (flags.vlm === undefined || flags.vlm === "sim") return undefined;
  const provider = tmon.data?.vlm?.providers?.[flags.vlm];
  if (provider) return { value: provider, source: "flag --vlm" };
  const known = Object.keys(tmon.data?.vlm?.providers ?? {});
  throw new TmonError(
    "TMON_USAGE",
    `--vlm ${flags.vlm} is no provider`,
    `say sim${known.length > 0 ? `, ${known.join(", ")}` : ""}, or add it to vlm.providers in tmon.yaml`,
  );
}

/** People paste the whole address: what the client adds is taken off again. */
function withoutPath(url: string): string {
  return url.replace(/\/(chat\/completions)?\/?$/, "");
}

/** Keys of the environment replace the file's. */
export function chooseKeys(choose: Choose, sources: Sources, vlm: VlmConfig): ApiKeyConfig[] {
  const { keys } = sources;
  return choose<ApiKeyConfig[]>(
    "api_keys",
    keysOfEnvironment(sources, vlm),
    map(fromFile<ApiKeyEntry[]>(keys.file, keys.data, ["api_keys"]), (entries) =>
      entries.flatMap((entry, index) => describe(entry, index, sources, vlm)),
    ),
    byDefault<ApiKeyConfig[]>([]),
  );
}

/** They count as one account, whose limit they share equally. */
function keysOfEnvironment(
  { env }: Sources,
  { baseUrl, model }: VlmConfig,
): Candidate<ApiKeyConfig[]> | undefined {
  const listed = fromEnvironment(env, "DASHSCOPE_API_KEYS") ?? fromEnvironment(env, "DASHSCOPE_API_KEY");
  return map(listed, (text) => {
    const keys = text.split(",").flatMap((key) => key.trim() || []);
    return keys.map((key, index) => ({
      id: `env_${index + 1}`,
      key: new Secret(key),
      baseUrl,
      model,
      qpsLimit: undefined,
      rpmLimit: Math.max(1, Math.floor(accountRpm / keys.length)),
      enabled: true,
      priority: 1,
    }));
  });
}

/** An entry whose variable is unset is left out: one notice, and the others work. */
function describe(
  entry: ApiKeyEntry,
  index: number,
  { keys, notices }: Sources,
  vlm: VlmConfig,
): ApiKeyConfig[] {
  const id = entry.key_id ?? `key_${index + 1}`;
  const unset = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/.exec(JSON.stringify(entry))?.[1];
  if (unset !== undefined) {
    notices.push(
      `${keys.file?.placeOf(["api_keys", index])}: key ${id} is left out: the variable ${unset} is not set`,
    );
    return [];
  }
  const key = entry.key ?? readSecretFile(entry.key_file as string, keys.file);
  return [
    {
      id,
      key: new Secret(key),
      baseUrl: entry.base_url ?? vlm.baseUrl,
      model: entry.model ?? vlm.model,
      qpsLimit: entry.qps_limit,
      rpmLimit: entry.rpm_limit,
      enabled: entry.enabled ?? true,
      priority: entry.priority ?? 1,
    },
  ];
}
