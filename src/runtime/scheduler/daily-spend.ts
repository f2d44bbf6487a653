import type { Logger } from "pino";
import { messageOf } from "../../errors.ts";
import type { Store } from "../../store/store.ts";

/** What all schedulers together spent in a day of the configured time zone, in millionths of a yuan. */
export interface DailySpend {
  /** Adds to today, or takes off again from the day it was added to; resolves with that day's sum. */
  add(microYuan: number, day?: string): Promise<number>;
  /** Of today, as far as this scheduler has heard. */
  sum(): number;
  today(): string;
}

/** A day's sum is of no use once the day is over in every time zone. */
const ttlMs = 48 * 3_600_000;

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
  /** By day: the sum the store last told, and what it was not told yet. */
  const days = new Map<string, { told: number; owed: number }>();
  let away = false;

  function of(day: string) {
    const known = days.get(day) ?? { told: 0, owed: 0 };
    days.set(day, known);
    return known;
  }

  function noteStore(error: unknown): void {
    if (!away) log.error({ error: messageOf(error) }, "the store is away: the budget is counted here alone");
    away = true;
  }

  const sumOf = ({ told, owed }: { told: number; owed: number }) => told + owed;

  return {
    today,
    sum: () => sumOf(days.get(today()) ?? { told: 0, owed: 0 }),
    async add(microYuan, day = today()) {
      const spent = of(day);
      const by = spent.owed + microYuan;
      spent.owed = 0;
      spent.told += by;
      try {
        spent.told = await store.increment(`tmon:spent:${day}`, by, { ttlMs });
        away = false;
      } catch (error) {
        spent.told -= by;
        spent.owed += by;
        noteStore(error);
      }
      for (const other of days.keys()) if (other !== day && other !== today()) days.delete(other);
      return sumOf(spent);
    },
  };
}
