import type { QuotaUse } from "../../../runtime/key-use.ts";

/** What is not known. */
export const unknown = "-";

/** A second: 0, 0.4, 14.2, 320, 12k. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return unknown;
  return perSecond < 99.95 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond));
}

/** In at most five characters: 9999, 12k, 812k, 1.2M, 15M. */
export function formatCount(count: number | null): string {
  if (count === null) return unknown;
  if (count < 10_000) return String(Math.round(count));
  if (count < 999_500) return `${Math.round(count / 1000)}k`;
  return count < 9_950_000 ? `${(count / 1e6).toFixed(1)}M` : `${Math.round(count / 1e6)}M`;
}

/** 212/300, or 212 where there is no limit. */
export function formatUsage(usage: QuotaUse | null): string {
  if (usage === null) return unknown;
  return usage.limit === null
    ? formatCount(usage.used)
    : `${formatCount(usage.used)}/${formatCount(usage.limit)}`;
}

export function formatYuan(yuan: number | null): string {
  if (yuan === null) return unknown;
  return yuan < 999.995 ? yuan.toFixed(2) : formatCount(yuan);
}

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** The newest figures, one a column, against the highest of them; a blank where there is none. */
export function sparkline(history: readonly (number | null)[], width: number): string {
  const shown = history.slice(-width);
  const highest = Math.max(...shown.map((each) => each ?? 0));
  const bar = (figure: number) =>
    bars[highest === 0 ? 0 : Math.round((figure / highest) * (bars.length - 1))];
  return shown
    .map((each) => (each === null ? " " : bar(each)))
    .join("")
    .padStart(width);
}
