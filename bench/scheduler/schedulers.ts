import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningProcess, startProcess } from "../support/processes.ts";
import { startRedis } from "../support/redis.ts";

const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));

export const accountLimits = { rpm: 300, tpm: 200_000 };
export const accountNames = ["one", "two", "three", "four", "five"];
export const keyNames = Array.from({ length: 10 }, (_, index) => `sk-bench-000000000000${index}`);

/** The ten keys in five accounts, as api_keys.yaml has them. `limits`: each account's. */
export function keysInAccounts(limits: Record<string, number>) {
  return {
    accounts: accountNames.map((id) => ({ id, models: { "qwen3-vl-plus": limits } })),
    api_keys: keyNames.map((key, index) => ({
      key,
      key_id: `key_${index + 1}`,
      account: accountNames[index % accountNames.length],
    })),
  };
}

/** @param provider base URL; `keys`: as api_keys.yaml has them */
export function writeConfig(directory: string, { provider, keys }: { provider: string; keys: object }): void {
  const config = join(directory, "config");
  mkdirSync(config);
  const scheduler = { rate_limit: { enabled: false }, health_check: { enabled: false } };
  writeFileSync(join(config, "api_keys.yaml"), JSON.stringify({ ...keys, scheduler }));
  writeFileSync(join(config, "tmon.yaml"), JSON.stringify({ vlm: { base_url: provider }, language: "en" }));
}

/** `servers`: TMON_KAFKA_BROKERS and TMON_REDIS_URL; what is not named is embedded, in the directory. */
export function environment(directory: string, servers: Record<string, string> = {}): Record<string, string> {
  return { TMON_CONFIG_DIR: join(directory, "config"), TMON_DATA_DIR: directory, ...servers };
}

export interface RunningScheduler extends RunningProcess {
  /** Of its HTTP server. */
  readonly url: string;
}

/** `tmon run scheduler`, as it was built, with the configuration written before. */
export async function startScheduler(
  directory: string,
  name: string,
  servers?: Record<string, string>,
): Promise<RunningScheduler> {
  const started = startProcess(
    process.execPath,
    [program, "run", "scheduler", "--port", "0", "--instance", name],
    { log: join(directory, `${name}.log`), env: environment(directory, servers) },
  );
  const [, url] = await started.says(/runs: (http:\S+)/);
  return Object.assign(started, { url: url! });
}

export interface SchedulersOptions {
  directory: string;
  /** Base URL. */
  provider: string;
  count: number;
  /** Each account's. */
  limits: Record<string, number>;
}

/** Several share a Redis. */
export async function startSchedulers({ directory, provider, count, limits }: SchedulersOptions) {
  writeConfig(directory, { provider, keys: keysInAccounts(limits) });
  const redis = count > 1 ? await startRedis(directory) : undefined;
  const servers: Record<string, string> = redis ? { TMON_REDIS_URL: redis.url } : {};
  const processes = await Promise.all(
    Array.from({ length: count }, (_, index) => startScheduler(directory, `scheduler-${index + 1}`, servers)),
  );
  return {
    processes,
    async stop(): Promise<void> {
      for (const one of processes) one.kill("SIGTERM");
      await Promise.all(processes.map((one) => one.ended));
      redis?.client.disconnect();
      await redis?.stop();
    },
  };
}
