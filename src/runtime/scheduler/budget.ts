import type { ApiKeyConfig } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import type { ReceivedTask } from "../../messages/received-task.ts";
import type { VlmTarget } from "../../vlm/client.ts";
import { isFree, mostCost } from "../../vlm/price.ts";
import type { RoleContext } from "../role.ts";
import { createDailySpend } from "./daily-spend.ts";
import type { Job } from "./job.ts";

/** The right to one call's cost. */
export interface Charge {
  /** What the call cost, yuan; undefined when nobody knows: then all that was set aside counts as spent. */
  settle(costYuan: number | undefined): void;
}

/** What calls in flight have set aside leaves no room for one more; it may when they are over. */
export class NoRoomYet extends Error {
  override readonly name = "NoRoomYet";
}

type Costly = Pick<Job, "task" | "mostUsage">;

export interface Budget {
  /** Why the task may not be asked about with any key; undefined if it may. */
  refusal(job: Costly): TmonError | undefined;
  /**
   * Sets aside the most a call may cost.
   * @throws TmonError TMON_SPEND_NOT_ALLOWED, TMON_BUDGET_SPENT; NoRoomYet
   */
  charge(job: Costly, target: VlmTarget): Promise<Charge>;
  /** True while calls in flight have to end before another may start. */
  isFull(): boolean;
  /** Ids of the keys whose calls cost money. */
  paidKeys(): ReadonlySet<string>;
  /** Of these, those whose calls have to wait for the end of others: all of them, or none. */
  heldKeys(): ReadonlySet<string>;
  /** Hears what others spent, and sets the gauges. */
  refresh(): void;
  stats(): { spentTodayYuan: number; yuanPerDay: number | null };
}

type BudgetParts = Pick<RoleContext, "config" | "store" | "log" | "metrics" | "health">;
type BudgetKey = Pick<ApiKeyConfig, "id" | "baseUrl" | "model">;

const micro = 1e6;
const refreshMs = 1_000;

/**
 * What real calls may cost: so much a day for all schedulers together, and for simulated cameras so much in
 * this run. A provider on loopback costs nothing and has no budget.
 *
 *   charge: the most a call may cost is set aside -> settle: what it did cost stays
 *       \-> no room yet: calls in flight have set aside the rest
 *       \-> spent: what was settled leaves no room
 */
export function createBudget(
  { config, store, log, metrics, health }: BudgetParts,
  keys: () => readonly BudgetKey[],
): Budget {
  const { yuanPerDay, simulatedYuan } = config.budgets;
  const paid = () => keys().filter((key) => !isFree(key));
  const onlyPaid = () => keys().length > 0 && !keys().some(isFree);
  const daily = createDailySpend(store, config.timezone, log);
  const limit = {
    day: yuanPerDay === undefined ? Number.POSITIVE_INFINITY : yuanPerDay * micro,
    simulated: (simulatedYuan ?? 0) * micro,
  };
  /** Of this scheduler: what is set aside at the moment. */
  const open = { day: 0, simulated: 0 };
  let simulated = 0;
  /** The cost there was no room for. */
  let wanted = 0;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let trouble: { reason: string; day: string } | undefined;

  health.warning("budget", () => (trouble?.day === daily.today() ? trouble.reason : undefined));

  const most = (job: Costly, target: Pick<VlmTarget, "baseUrl" | "model">) =>
    Math.ceil(mostCost(job.mostUsage(target.model), target, config.vlm.prices) * micro);

  /** Why it may not be spent, however the calls in flight end. */
  function spentFor(task: ReceivedTask, cost: number): TmonError | undefined {
    if (task.source === "sim") {
      if (simulatedYuan === undefined) return spendNotAllowed();
      if (simulated - open.simulated + cost > limit.simulated) return tellOnce(spendIsSpent(simulatedYuan));
    }
    if (daily.sum() - open.day + cost <= limit.day) return undefined;
    return tellOnce(dayIsSpent(yuanPerDay, config.timezone));
  }

  function tellOnce(error: TmonError): TmonError {
    const news = { reason: error.message, day: daily.today() };
    if (trouble?.reason !== news.reason || trouble.day !== news.day)
      log.warn({ code: error.code }, `${error.message}: ${error.todo}`);
    trouble = news;
    return error;
  }

  const hasRoom = (task: ReceivedTask, cost: number) =>
    daily.sum() + cost <= limit.day && (task.source !== "sim" || simulated + cost <= limit.simulated);

  async function setAside(task: ReceivedTask, cost: number, day: string): Promise<number> {
    open.day += cost;
    if (task.source === "sim") {
      open.simulated += cost;
      simulated += cost;
    }
    return daily.add(cost, day);
  }

  /** Of what was set aside, `kept` stays spent. */
  function release(task: ReceivedTask, cost: number, kept: number, day: string): Promise<number> {
    open.day -= cost;
    if (task.source === "sim") {
      open.simulated -= cost;
      simulated += kept - cost;
    }
    return daily.add(kept - cost, day);
  }

  /** What calls in flight have set aside leaves no room for the next. */
  function isSetAside(): boolean {
    const dayIsFull = open.day > 0 && daily.sum() + wanted > limit.day;
    return dayIsFull || (open.simulated > 0 && simulated + wanted > limit.simulated);
  }

  const paidKeys = () => new Set(paid().map((key) => key.id));

  return {
    paidKeys,
    heldKeys: () => (isSetAside() ? paidKeys() : none),
    isFull: () => isSetAside() && onlyPaid(),
    refusal: (job) =>
      onlyPaid() ? spentFor(job.task, Math.min(...paid().map((key) => most(job, key)))) : undefined,
    async charge(job, target) {
      if (isFree(target)) return free;
      const { task } = job;
      const cost = most(job, target);
      const refused = spentFor(task, cost);
      if (refused) throw refused;
      wanted = cost;
      if (!hasRoom(task, cost)) throw new NoRoomYet();
      const day = daily.today();
      if ((await setAside(task, cost, day)) > limit.day) {
        await release(task, cost, 0, day);
        throw spentFor(task, cost) ?? new NoRoomYet();
      }
      trouble = undefined;
      return {
        settle: (yuan) => void release(task, cost, yuan === undefined ? cost : Math.ceil(yuan * micro), day),
      };
    },
    refresh() {
      if (paid().length === 0 || performance.now() - refreshedAt < refreshMs) return;
      refreshedAt = performance.now();
      daily.add(0);
      metrics.budgetSpent.set(daily.sum() / micro);
      if (yuanPerDay !== undefined) metrics.budgetLimit.set(yuanPerDay);
    },
    stats: () => ({ spentTodayYuan: daily.sum() / micro, yuanPerDay: yuanPerDay ?? null }),
  };
}

const free: Charge = { settle: () => {} };
const none: ReadonlySet<string> = new Set();

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

function dayIsSpent(yuanPerDay: number | undefined, timezone: string): TmonError {
  return new TmonError(
    "TMON_BUDGET_SPENT",
    `the day's budget of ${yuanPerDay} yuan is spent`,
    `raise budgets.yuan_per_day in tmon.yaml, or wait until midnight (${timezone}); groups stay unassessed until then`,
  );
}
