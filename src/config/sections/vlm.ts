import { TmonError } from "../../errors.ts";
import type { VlmConfig } from "../config.ts";
import { baseUrlField } from "../fields.ts";
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
import type { ProviderEntry } from "../tmon-file.ts";

/** DashScope's public endpoint: help.aliyun.com. */
const dashScope = "https://dashscope.aliyuncs.com/compatible-mode/v1";
const defaultModel = "qwen3-vl-plus";

/** Yuan per 1,000 tokens: DashScope's price list, 2026. */
const prices: VlmConfig["prices"] = {
  "qwen3-vl-flash": { input: 0.00015, output: 0.0015 },
  "qwen3-vl-plus": { input: 0.001, output: 0.01 },
  "qwen-vl-plus": { input: 0.0008, output: 0.002 },
  "qwen-vl-max": { input: 0.0016, output: 0.004 },
};

export function chooseVlm(choose: Choose, sources: Sources): VlmConfig {
  const { flags, tmon } = sources;
  const inFile = <T>(name: string) => fromFile<T>(tmon.file, tmon.data, ["vlm", name]);
  const of = <T>(fallback: T, name: string) => choose(`vlm.${name}`, inFile<T>(name), byDefault(fallback));
  const provider = namedProvider(sources);
  const said = saidForAllKeys(sources);
  return {
    provider: flags.vlm === "sim" ? "simulated" : "configured",
    simulatedOnLive: flags.vlm === "sim",
    baseUrl: choose(
      "vlm.base_url",
      map(provider, ({ base_url }) => base_url),
      said.baseUrl,
      inFile<string>("base_url"),
      byDefault(dashScope),
    ),
    model: choose(
      "vlm.model",
      fromFlag("vlm-model", flags.vlmModel),
      fromFlag("vlm", provider?.value.model),
      said.model,
      inFile<string>("model"),
      byDefault(defaultModel),
    ),
    language: choose(
      "language",
      fromFile<"zh" | "en">(tmon.file, tmon.data, ["language"]),
      byDefault("zh" as const),
    ),
    thresholds: of({ low: 0.45, medium: 0.65, high: 0.8 }, "thresholds"),
    maxTokens: of(512, "max_tokens"),
    // The file's prices are added to these: what it does not name keeps its own.
    prices: choose(
      "vlm.prices",
      map(inFile<VlmConfig["prices"]>("prices"), (named) => ({ ...prices, ...named })),
      byDefault(prices),
    ),
  };
}

/** `--vlm NAME`: an entry of vlm.providers. @throws TmonError TMON_USAGE */
export function namedProvider({ flags, tmon }: Sources): Candidate<ProviderEntry> | undefined {
  if (flags.vlm === undefined || flags.vlm === "sim") return undefined;
  const providers = tmon.data?.vlm?.providers ?? {};
  const known = Object.keys(providers);
  const provider = known.includes(flags.vlm) ? providers[flags.vlm] : undefined;
  if (provider) return { value: provider, source: "flag --vlm" };
  throw new TmonError(
    "TMON_USAGE",
    `--vlm ${flags.vlm} is no provider`,
    `say sim${known.length > 0 ? `, ${known.join(", ")}` : ""}, or add it to vlm.providers in tmon.yaml`,
  );
}

/** What the command line and the environment say goes before a key's own entry too. @throws TmonError TMON_USAGE */
export function saidForAllKeys({ flags, env }: Sources) {
  return {
    baseUrl: map(fromEnvironment(env, "TMON_VLM_BASE_URL"), readBaseUrl),
    model: fromFlag("vlm-model", flags.vlmModel) ?? fromEnvironment(env, "TMON_VLM_MODEL"),
  };
}

function readBaseUrl(text: string): string {
  const { data } = baseUrlField.safeParse(text);
  if (data !== undefined) return data;
  throw new TmonError(
    "TMON_USAGE",
    "TMON_VLM_BASE_URL is no address of a provider",
    "write an http:// or https:// address, up to and without /chat/completions",
  );
}
