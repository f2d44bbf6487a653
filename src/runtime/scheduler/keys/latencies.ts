import { type Percentiles, percentiles } from "../../report/percentiles.ts";

const kept = 200;

/** The last 200 latencies, ms. */
export interface Latencies {
  add(ms: number): void;
  count(): number;
  percentiles(): Percentiles;
}

export function createLatencies(): Latencies {
  const samples: number[] = [];
  let added = 0;
  let current: Percentiles | undefined;
  return {
    add(ms) {
      samples[added++ % kept] = ms;
      current = undefined;
    },
    count: () => samples.length,
    percentiles() {
      current ??= percentiles(samples);
      return current;
    },
  };
}
