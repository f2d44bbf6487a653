const keptMs = 60_000;

export interface LastMinute {
  add(value: number): void;
  values(): number[];
}

/** The samples of the last minute. */
export function createLastMinute(now: () => number): LastMinute {
  let samples: { at: number; value: number }[] = [];
  let checkedAt = now();
  const drop = () => {
    checkedAt = now();
    samples = samples.filter(({ at }) => at > checkedAt - keptMs);
  };
  return {
    add(value) {
      samples.push({ at: now(), value });
      if (now() > checkedAt + keptMs) drop();
    },
    values() {
      drop();
      return samples.map(({ value }) => value);
    },
  };
}
