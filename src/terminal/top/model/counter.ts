/** A counter's value at one time, epoch ms of its writer. */
export interface Sample {
  at: number;
  count: number;
}

/** Long enough that two looks a second at a camera make a steady figure, short enough that a halt shows. */
const windowMs = 6_000;

/** The samples of the last seconds; a counter that went back began anew. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last && sample.at <= last.at) return samples;
  if (last && sample.count < last.count) return [sample];
  return [...samples.filter(({ at }) => at >= sample.at - windowMs), sample];
}

/** A second; null until there are two samples. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || first === last) return null;
  return ((last.count - first.count) * 1000) / (last.at - first.at);
}
