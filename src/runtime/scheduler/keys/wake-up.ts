import { onAbort } from "../../../on-abort.ts";

const longestMs = 60_000;

/** Lets waiters sleep until something changed, but no longer than they say. */
export function createWakeUp() {
  const waiters = new Set<() => void>();
  return {
    all(): void {
      for (const wake of waiters) wake();
    },
    /**
     * Wakes who has waited longest. It wakes the next when there is room for it, when it goes on there may be room for
     * another, and when it gives up: so one that waits always knows how long to, and the others need not look.
     */
    next(): void {
      const [wake] = waiters;
      wake?.();
    },
    /** Resolves after `ms`, at a change, or when the signal is aborted. */
    wait(ms: number, signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wake = () => {
          clearTimeout(timer);
          waiters.delete(wake);
          forget();
          resolve();
        };
        const timer = setTimeout(wake, Math.min(ms, longestMs));
        const forget = onAbort(signal, wake);
        waiters.add(wake);
      });
    },
  };
}
