import type { Signal } from "@preact/signals";

/** Keeps `now` at the store's clock, once a second. */
export function startClock(now: Signal<number>): { set(storeMs: number): void } {
  let offsetMs = 0;
  const tick = () => {
    now.value = Date.now() + offsetMs;
  };
  setInterval(tick, 1_000);
  return {
    set(storeMs) {
      offsetMs = storeMs - Date.now();
    },
  };
}
