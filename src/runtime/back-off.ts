/**
 * Full jitter: a random wait, ms, of at most base × 2^attempt, never above `maxMs`; attempt counts from 0.
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backOffMs(attempt: number, { baseMs, maxMs }: { baseMs: number; maxMs: number }): number {
  return Math.random() * Math.min(maxMs, baseMs * 2 ** attempt);
}
