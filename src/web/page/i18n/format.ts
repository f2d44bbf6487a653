import { computed } from "@preact/signals";
import { language } from "../state/preferences.ts";
import { text } from "./text.ts";

function formatter(timeZone: string, options: Intl.DateTimeFormatOptions) {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...options });
}

const clockOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
const dateOptions = { year: "numeric", month: "2-digit", day: "2-digit" } as const;

const formatters = new Map<string, ReturnType<typeof makeFormatters>>();

function makeFormatters(timezone: string) {
  return {
    clock: formatter(timezone, clockOptions),
    date: formatter(timezone, dateOptions),
    offset: formatter(timezone, { timeZoneName: "longOffset" }),
  };
}

function of(timezone: string) {
  const known = formatters.get(timezone) ?? makeFormatters(timezone);
  formatters.set(timezone, known);
  return known;
}

/** 15:04:05 */
export function clockTime(at: number, timezone: string): string {
  return of(timezone).clock.format(at);
}

/** 2026-11-24 */
export function date(at: number, timezone: string): string {
  return of(timezone).date.format(at).split("/").reverse().join("-");
}

/** UTC+08:00 */
export function zoneOffset(at: number, timezone: string): string {
  const part = of(timezone)
    .offset.formatToParts(at)
    .find(({ type }) => type === "timeZoneName");
  const offset = part?.value.replace("GMT", "") || "+00:00";
  return `UTC${offset}`;
}

export function age(ms: number): string {
  const { seconds, minutes, hours } = text.value.age;
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 100) return seconds(s);
  return s < 6_000 ? minutes(Math.round(s / 60)) : hours(Math.round(s / 3_600));
}

const compact = computed(() => new Intl.NumberFormat(language.value, { notation: "compact" }));

export function count(value: number): string {
  return compact.value.format(value);
}

/** 83 ms, 1.24 s */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}
