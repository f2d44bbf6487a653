import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess } from "../support/processes.ts";
import { startRedis } from "../support/redis.ts";

const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));

export const accountLimits = { rpm: 300, tpm: 200_000 };
export const accountNames = ["one", "two", "three", "four", "five"];
export const keyNames = Array.from({ length: 10 }, (_, index) => `sk-bench-000000000000${index}`);

export interface SchedulersOptions {
  directory: string;
  /** Base URL. */
  provider: string;
  count: number;
  /** Each account's. */
  limits: Record<string, number>;
}

/** `tmon run scheduler`, as it was built; several share a Redis. */
export async function startSchedulers({ directory, provider, count, limits }: SchedulersOptions) {
  const config = join(directory, "config");
  mkdirSync(config);
  const accounts = accountNames.map((id) => ({ id, models: { "qwen3-vl-plus": limits } }));
  const keys = keyNames.map((key, index) => ({
    key,
    key_id: `key_${index + 1}`,
    account: accountNames[index % accountNames.length],
  }));
  const scheduler = { rate_limit: { enabled: false }, health_check: { enabled: false } };
  writeFileSync(join(config, "api_keys.yaml"), JSON.stringify({ accounts, api_keys: keys, scheduler }));
  writeFileSync(join(config, "tmon.yaml"), JSON.stringify({ vlm: { base_url: provider }, language: "en" }));
  const redis = count > 1 ? await startRedis(directory) : undefined;
  const processes = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const name = `scheduler-${index + 1}`;
      const started = startProcess(
        process.execPath,
        [program, "run", "scheduler", "--port", "0", "--instance", name],
        {
          log: join(directory, `${name}.log`),
          env: {
            TMON_CONFIG_DIR: config,
            TMON_DATA_DIR: directory,
            ...(redis ? { TMON_REDIS_URL: redis.url } : {}),
          },
        },
      );
      await started.says(/runs: (http:\S+)/);
      return started;
    }),
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
