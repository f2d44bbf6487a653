import type { VlmConfig } from "../../config/config.ts";
import type { ReceivedTask } from "../../messages/task.ts";
import { mostUsage } from "../../vlm/tokens.ts";
import type { KeyPool } from "./keys/pool.ts";

/** The most tokens a call about a task may use, whichever key it goes to; 0 where no key has a limit on them. */
export function createTokenEstimate(vlm: VlmConfig, pool: Pick<KeyPool, "keys">) {
  return (task: ReceivedTask): number => {
    const counted = pool
      .keys()
      .filter(({ group, config }) => group.limits.tpm ?? group.limits.tps ?? config.limits.tpm);
    const models = [...new Set(counted.map(({ config }) => config.model))];
    const usages = models.map((model) => mostUsage(task, vlm, model));
    return Math.max(
      0,
      ...usages.map(({ promptTokens, completionTokens }) => promptTokens + completionTokens),
    );
  };
}
