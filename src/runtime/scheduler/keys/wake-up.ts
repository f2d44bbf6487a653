const longestMs = 60_000;

/** Lets waiters sleep until something changed, but no longer than they say. */
export function createWakeUp() {
  const waiters = new Set<() => void>();
  return {
    all(): void {
      for (const wake of waiters) wake();
    },
    /** Resolves after `ms`, at a change, or when the signal is aborted. */
    wait(ms: number, signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiters.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        const timer = setTimeout(wake, Math.min(ms, longestMs));
        waiters.add(wake);
        signal.addEventListener("abort", wake);
        if (signal.aborted) wake();
      });
    },
  };
}
