/** Milliseconds since boot, the same in every process of the machine; wall clocks jump. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
