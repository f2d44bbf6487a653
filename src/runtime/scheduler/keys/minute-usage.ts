const seconds = 60;

/** Requests and tokens of the last 60 s, by the second. */
export function createMinuteUsage() {
  const slots = Array.from({ length: seconds }, () => ({ second: -1, requests: 0, tokens: 0 }));

  return {
    add(now: number, tokens: number): void {
      const second = Math.floor(now / 1000);
      const slot = slots[second % seconds]!;
      if (slot.second !== second) Object.assign(slot, { second, requests: 0, tokens: 0 });
      slot.requests += 1;
      slot.tokens += tokens;
    },
    lastMinute(now: number): { requests: number; tokens: number } {
      const from = Math.floor(now / 1000) - seconds;
      const recent = slots.filter(({ second }) => second > from);
      return {
        requests: recent.reduce((sum, slot) => sum + slot.requests, 0),
        tokens: recent.reduce((sum, slot) => sum + slot.tokens, 0),
      };
    },
  };
}
