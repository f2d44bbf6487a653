/** A scheduler killed: when, epoch ms, and the most calls it may have had open. */
export interface Kill {
  at: number;
  openCalls: number;
}

/** Results of so long before a kill may not have been committed: design "Delivery" §1. */
export const commitIntervalMs = 250;

/** Tasks that a scheduler has a call open for, or a further one still to make. `url`: of its HTTP server. */
export async function openCallsOf(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/scheduler/stats`);
  return ((await answer.json()) as { open: number }).open;
}

/**
 * Kills a scheduler and tells the most calls it may have had open then, those that came while they were counted among
 * them.
 *
 * @param requests of the provider, which has no other scheduler
 */
export async function openCallsAtKill(
  url: string,
  kill: () => Promise<unknown>,
  requests: () => Promise<number>,
): Promise<number> {
  const before = await requests();
  const open = await openCallsOf(url);
  await kill();
  return open + (await requests()) - before;
}

/** How many of the results came so shortly before a kill that their tasks may be done again. */
export function uncommitted(arrivals: readonly { at: number }[], kills: readonly Kill[]): number {
  const isLate = (at: number) => kills.some((kill) => at > kill.at - commitIntervalMs && at <= kill.at);
  return arrivals.filter(({ at }) => isLate(at)).length;
}

/**
 * Calls that no final result names, and how many there may be: those open at a kill, and those whose results were
 * not committed yet.
 *
 * @param requests the provider's own count
 * @param results the final ones, each with the calls it names
 * @param arrivals when each task's first result came, epoch ms
 */
export function repeatedCalls(
  requests: number,
  results: Iterable<{ calls: number }>,
  arrivals: readonly { at: number }[],
  kills: readonly Kill[],
): { callsRepeated: number; callsRepeatable: number } {
  let named = 0;
  for (const { calls } of results) named += calls;
  const open = kills.reduce((sum, { openCalls }) => sum + openCalls, 0);
  return { callsRepeated: requests - named, callsRepeatable: open + uncommitted(arrivals, kills) };
}
