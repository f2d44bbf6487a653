import { isLoopback } from "../../config/loopback.ts";
import { TmonError } from "../../errors.ts";
import type { AssessmentTask } from "../../messages/task.ts";
import type { VlmTarget } from "../../vlm/client.ts";
import { mostCost } from "../../vlm/price.ts";
import { mostUsage } from "../../vlm/tokens.ts";
import type { RoleContext } from "../role.ts";
import { createDailySpend } from "./daily-spend.ts";

/** The right to one call's cost. */
export interface Charge {
  /** What the call cost, yuan; undefined when nobody knows: then all that was set aside counts as spent. */
  settle(costYuan: number | undefined): void;
}

export interface Budget {
  /** Why the task may not be asked about, as far as is known here; undefined if it may. */
  refusal(task: AssessmentTask): TmonError | undefined;
  /** Sets aside the most a call may cost. @throws TmonError TMON_SPEND_NOT_ALLOWED, TMON_BUDGET_SPENT */
  charge(task: AssessmentTask, target: VlmTarget): Promise<Charge>;
  stats(): { spentTodayYuan: number; yuanPerDay: number | null };
}

const micro = 1e6;

/**
 * What real calls may cost: so much a day for all schedulers together, and for simulated cameras so much in
 * this run. A provider on loopback costs nothing and has no budget.
 *
 *   charge: most a call may cost is set aside -> settle: what it did cost stays
 *       \-> refused, nothing is set aside
 */
export function createBudget({
  config,
  store,
  log,
  metrics,
  health,
}: Pick<RoleContext, "config" | "store" | "log" | "metrics" | "health">): Budget {
  const { yuanPerDay, simulatedYuan } = config.budgets;
  const dayLimit = yuanPerDay === undefined ? Number.POSITIVE_INFINITY : yuanPerDay * micro;
  const paid = config.keys.filter((key) => key.enabled && !isLoopback(key.baseUrl));
  const onlyPaid = paid.length > 0 && config.keys.every((key) => !key.enabled || paid.includes(key));
  const daily = createDailySpend(store, config.timezone, log);
  let simulated = 0;
  let toldOn = "";

  if (yuanPerDay !== undefined) metrics.budgetLimit.set(yuanPerDay);
  health.warning("budget", () => (toldOn === daily.today() ? dayIsSpent(yuanPerDay).message : undefined));

  const most = (task: AssessmentTask, target: Pick<VlmTarget, "baseUrl" | "model">) =>
    Math.ceil(mostCost(mostUsage(task, config.vlm), target, config.vlm.prices) * micro);

  function refusalOf(task: AssessmentTask, cost: number): TmonError | undefined {
    if (task.source === "sim") {
      if (simulatedYuan === undefined) return spendNotAllowed();
      if (simulated + cost > simulatedYuan * micro) return spendIsSpent(simulatedYuan);
    }
    return daily.sum() + cost > dayLimit ? tellOnce(dayIsSpent(yuanPerDay)) : undefined;
  }

  function tellOnce(error: TmonError): TmonError {
    if (toldOn !== daily.today()) log.warn({ code: error.code }, `${error.message}: ${error.todo}`);
    toldOn = daily.today();
    return error;
  }

  function count(microYuan: number, task: AssessmentTask, day?: string): Promise<number> {
    if (task.source === "sim") simulated += microYuan;
    return daily.add(microYuan, day).finally(() => metrics.budgetSpent.set(daily.sum() / micro));
  }

  return {
    refusal(task) {
      const [target] = paid;
      return target && onlyPaid ? refusalOf(task, most(task, target)) : undefined;
    },
    async charge(task, target) {
      if (isLoopback(target.baseUrl)) return free;
      const cost = most(task, target);
      const refused = refusalOf(task, cost);
      if (refused) throw refused;
      const day = daily.today();
      const sum = await count(cost, task, day);
      if (sum > dayLimit) {
        await count(-cost, task, day);
        throw tellOnce(dayIsSpent(yuanPerDay));
      }
      return {
        settle(costYuan) {
          if (costYuan !== undefined) count(Math.ceil(costYuan * micro) - cost, task, day);
        },
      };
    },
    stats: () => ({ spentTodayYuan: daily.sum() / micro, yuanPerDay: yuanPerDay ?? null }),
  };
}

const free: Charge = { settle: () => {} };

function spendNotAllowed(): TmonError {
  return new TmonError(
    "TMON_SPEND_NOT_ALLOWED",
    "a simulated camera's task met a provider that costs money",
    "say --vlm sim to judge simulated cameras, or allow so much with --spend 5yuan",
  );
}

function spendIsSpent(yuan: number): TmonError {
  return new TmonError(
    "TMON_BUDGET_SPENT",
    `the ${yuan} yuan allowed for simulated cameras are spent`,
    "start again with another --spend, or say --vlm sim",
  );
}

function dayIsSpent(yuanPerDay: number | undefined): TmonError {
  return new TmonError(
    "TMON_BUDGET_SPENT",
    `the day's budget of ${yuanPerDay} yuan is spent`,
    "raise budgets.yuan_per_day in tmon.yaml, or wait until midnight; groups stay unassessed until then",
  );
}
