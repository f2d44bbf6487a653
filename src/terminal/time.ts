/** A time as people at the cameras read it: 2026-11-23 16:00:00.123 +08:00. */
export function formatTime(epochMs: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
    timeZoneName: "longOffset",
  }).formatToParts(epochMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? "";
  const offset = part("timeZoneName").replace("GMT", "") || "+00:00";
  return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}:${part("second")}.${part("fractionalSecond")} ${offset}`;
}

/** How long something took or ago it was, in about five characters: 340ms, 1.2s, 12s, 3m, 5h, 2d. */
export function formatAge(ms: number): string {
  const size = Math.max(0, ms);
  if (size < 1000) return `${Math.round(size)}ms`;
  if (size < 10_000) return `${(size / 1000).toFixed(1)}s`;
  for (const [unit, length, limit] of ageUnits)
    if (size < limit * length) return `${Math.floor(size / length)}${unit}`;
  return `${Math.floor(size / 86_400_000)}d`;
}

const ageUnits = [
  ["s", 1000, 120],
  ["m", 60_000, 120],
  ["h", 3_600_000, 48],
] as const;
