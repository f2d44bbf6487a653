import { Redis } from "ioredis";
import type { RedisConfig } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import { refusalOf } from "./failure.ts";
import { sentinelOptionsOf } from "./options.ts";
import { askOtherwise } from "./other-protocol.ts";

/**
 * Why the Sentinels will never name a master; undefined if they may. The library only says that none was found,
 * and tries again.
 */
export async function askSentinels(config: RedisConfig): Promise<TmonError | undefined> {
  const { sentinels } = config;
  if (!sentinels) return undefined;
  const answers = await Promise.all(sentinels.nodes.map((node) => masterOf(node, sentinels.name, config)));
  const answered = answers.filter((answer) => answer !== undefined);
  const refusal = answered.find((answer) => answer instanceof TmonError);
  if (refusal || answered.length === 0 || answered.includes("known")) return refusal;
  return new TmonError(
    "TMON_STORE_REFUSED",
    `the Sentinels at ${placesOf(sentinels.nodes)} know no master "${sentinels.name}"`,
    "set redis.sentinels.name to what their configuration says after `sentinel monitor`",
  );
}

/** Undefined: it does not answer. */
async function masterOf(
  { host, port }: { host: string; port: number },
  name: string,
  config: RedisConfig,
): Promise<"known" | "unknown" | TmonError | undefined> {
  const sentinel = new Redis({ ...sentinelOptionsOf(config), host, port });
  let failure: unknown;
  sentinel.on("error", (error) => {
    failure = error;
  });
  try {
    const found = await sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name);
    return found === null ? "unknown" : "known";
  } catch (error) {
    return refusalOf(failure ?? error, config) ?? (await askOtherwise(config, { host, port }));
  } finally {
    sentinel.disconnect();
  }
}

const placesOf = (nodes: readonly { host: string; port: number }[]) =>
  nodes.map(({ host, port }) => `${host}:${port}`).join(", ");
