import type { Logger } from "pino";
import { createOutage } from "../../observability/outage.ts";
import type { Store } from "../../store/store.ts";

/** What all schedulers together spent in a day of the configured time zone, in millionths of a yuan. */
export interface DailySpend {
  /** Adds to today, or takes off again from the day it was added to; resolves with that day's sum. */
  add(microYuan: number, day?: string): Promise<number>;
  /** Of today, as far as this scheduler has heard; never too little of what it spent itself. */
  sum(): number;
  today(): string;
}

/** A day's sum is of no use once the day is over in every time zone. */
const ttlMs = 48 * 3_600_000;

/** A day's parts: what the store told, what it is being told, and what it could not be told yet. */
interface Day {
  told: number;
  pending: number;
  owed: number;
}

/**
 * Kept in the store, so that neither a restart nor another replica spends the same yuan again. While the store
 * is away what is spent is counted here, and added when it is back.
 */
export function createDailySpend(
  store: Pick<Store, "increment" | "now">,
  timezone: string,
  log: Logger,
): DailySpend {
  const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short" });
  const today = () => calendar.format(store.now());
  const days = new Map<string, Day>();
  const outage = createOutage(log, {
    begins: "the budget is counted here alone",
    ends: "the budget is counted together again",
  });

  function of(day: string): Day {
    const known = days.get(day) ?? { told: 0, pending: 0, owed: 0 };
    days.set(day, known);
    for (const other of days.keys()) if (other !== day && other !== today()) days.delete(other);
    return known;
  }

  async function tell(day: string, spent: Day, by: number): Promise<void> {
    try {
      spent.told = await store.increment(`tmon:spent:${day}`, by, { ttlMs });
      outage.done();
    } catch (error) {
      spent.owed += by;
      outage.failed(error);
    }
    spent.pending -= by;
  }

  const sumOf = ({ told, pending, owed }: Day) => told + pending + owed;

  return {
    today,
    sum: () => sumOf(of(today())),
    async add(microYuan, day = today()) {
      const spent = of(day);
      const by = spent.owed + microYuan;
      spent.owed = 0;
      spent.pending += by;
      await tell(day, spent, by);
      return sumOf(spent);
    },
  };
}
