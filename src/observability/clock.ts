/** Ages and windows are in the store's clock, but what this machine tells others is not. */
const toleratedMs = 500;

/** What `/readyz` warns of; `offsetMs` is the store's clock less this machine's. */
export function clockTrouble(offsetMs: number): string | undefined {
  if (Math.abs(offsetMs) <= toleratedMs) return undefined;
  const how = `${Math.abs(Math.round(offsetMs))} ms ${offsetMs > 0 ? "behind" : "ahead of"} the store's`;
  return `TMON_CLOCK_SKEW: this machine's clock is ${how}: set both by NTP`;
}
