const most = 100;
const perTask = 0.2;

/**
 * Further calls, all tasks together: a fifth of the tasks may be asked about once more, and a hundred at once. When
 * everything fails, calls are not multiplied. Source: retry budgets, Google's Site Reliability Engineering, ch. 21.
 */
export function createRetryBudget() {
  let left = most;
  return {
    taskBegun(): void {
      left = Math.min(most, left + perTask);
    },
    /** True if one more call may be made. */
    take(): boolean {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
