import type { VlmConfig } from "../../config/config.ts";
import type { ReceivedTask } from "../../messages/received-task.ts";
import type { Usage } from "../../vlm/failure.ts";
import { mostUsage } from "../../vlm/tokens.ts";
import type { KeyPool } from "./keys/pool.ts";

/** What a call about a task may use at most. */
export interface TokenEstimate {
  /** Whichever key it goes to, where one has a limit on tokens; else 0. */
  readonly tokens: number;
  /** Of a model: reckoned when it is first asked for. */
  mostUsage(model: string): Usage;
}

export function createTokenEstimate(vlm: VlmConfig, pool: Pick<KeyPool, "keys">) {
  return (task: ReceivedTask): TokenEstimate => {
    const reckoned = new Map<string, Usage>();
    const usageOf = (model: string): Usage => {
      const usage = reckoned.get(model) ?? mostUsage(task, vlm, model);
      reckoned.set(model, usage);
      return usage;
    };
    const counted = pool
      .keys()
      .filter(({ group, config }) => group.limits.tpm ?? group.limits.tps ?? config.limits.tpm);
    const models = [...new Set(counted.map(({ config }) => config.model))];
    const tokens = models.map((model) => {
      const { promptTokens, completionTokens } = usageOf(model);
      return promptTokens + completionTokens;
    });
    return { tokens: Math.max(0, ...tokens), mostUsage: usageOf };
  };
}
