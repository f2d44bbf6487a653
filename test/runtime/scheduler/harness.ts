import { onTestFinished } from "vitest";
import type {
  ApiKeyConfig,
  BudgetsConfig,
  Config,
  QuotaLimits,
  SchedulerConfig,
  VlmConfig,
} from "../../../src/config/config.ts";
import { Secret } from "../../../src/config/secret.ts";
import { noLimits, plainKey } from "../../../src/config/sections/keys.ts";
import { decode, encode } from "../../../src/messages/codec.ts";
import { type AssessmentResult, resultSchema } from "../../../src/messages/result.ts";
import type { TopicId } from "../../../src/messages/topics.ts";
import type { RoleContext, RunningRole } from "../../../src/runtime/role.ts";
import { startScheduler } from "../../../src/runtime/scheduler/scheduler.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";

export function aKey(id: string, baseUrl: string, changes: Partial<ApiKeyConfig> = {}): ApiKeyConfig {
  return { ...plainKey, id, key: new Secret(`sk-${id}`), baseUrl, model: "qwen3-vl-plus", ...changes };
}

export function limited(limits: Partial<QuotaLimits>): Pick<ApiKeyConfig, "limits"> {
  return { limits: { ...noLimits, ...limits } };
}

/**
 * The most calls that limit calls a second allow since `start`. Not the worst second the provider saw: on a
 * busy machine it may see calls later than they were sent.
 */
export const mostSince = (start: number, limit: number) =>
  limit * (1 + Math.floor((performance.now() - start) / 1050));

export interface Settings {
  keys: readonly ApiKeyConfig[];
  scheduler?: Partial<SchedulerConfig>;
  vlm?: Partial<VlmConfig>;
  budgets?: Partial<BudgetsConfig>;
  dataDir?: string;
}

/** The seed's defaults where a test says nothing else, without its global limit. */
export function schedulerConfig(settings: Settings): Config {
  const { keys, scheduler, vlm, budgets, dataDir = temporaryDirectory() } = settings;
  const config = testConfig(dataDir);
  return {
    ...config,
    keys,
    vlm: { ...config.vlm, provider: "configured", ...vlm },
    budgets: { ...config.budgets, ...budgets },
    scheduler: {
      ...config.scheduler,
      retryMaxAttempts: 2,
      globalQpsLimit: undefined,
      keyCooldownMs: 60_000,
      adaptiveCooldown: { enabled: true, minMs: 10_000, maxMs: 120_000, failureThreshold: 0.2 },
      ...scheduler,
    },
  };
}

/** Bus and store of one process; closed when the test ends. */
export async function openProcess(config: Config) {
  const { context, close } = await openContext(config);
  const roles: RunningRole[] = [];
  onTestFinished(async () => {
    for (const role of roles) await role.stop();
    await close();
  });
  return {
    context,
    async start(): Promise<RunningRole> {
      const role = await startScheduler(context);
      roles.push(role);
      return role;
    },
    produce: (...tasks: { cameraId: string }[]) =>
      context.bus.produce(
        tasks.map((task) => ({ topic: "assessment-tasks", key: task.cameraId, value: encode(task) })),
      ),
    results: () => resultsIn(context),
    /** Waits for that many results and gives them by taskId. */
    async resultsOf(count: number): Promise<Map<string, AssessmentResult>> {
      const enough = async () => {
        const results = await resultsIn(context);
        return results.length >= count ? results : undefined;
      };
      const results = await until(enough, { what: `${count} results` });
      return new Map(results.map((result) => [result.taskId, result]));
    },
    unacknowledged: async () => {
      const { groups, topics } = config;
      const offsets = await context.bus.describeGroup(groups.scheduler, [topics["assessment-tasks"].name]);
      return offsets.reduce((sum, { lag }) => sum + lag, 0);
    },
  };
}

export async function messagesIn({ bus }: RoleContext, topic: TopicId) {
  const messages = [];
  for await (const message of bus.read({ topics: [topic], from: "earliest", untilEnd: true }))
    messages.push(message);
  return messages;
}

async function resultsIn(context: RoleContext): Promise<AssessmentResult[]> {
  const messages = await messagesIn(context, "risk-assessment-results");
  return messages.map((message) => decode(resultSchema, message.value));
}
