/** A partition's end as it was seen: it stood there from one look to another, by this machine's clock. */
interface SeenEnd {
  end: number;
  from: number;
  until: number;
}

/** Kept of each partition: then every second one goes, and times become coarser. */
const most = 128;

/** Tells when messages were appended by where the log's end stood when; that costs no question. */
export interface AppendTimes {
  /** @param key of the partition; `at`, epoch ms, never goes back */
  seen(key: string, end: number, at: number): void;
  /** Epoch ms, between two looks; undefined of a message from before the first. */
  timeOf(key: string, offset: number): number | undefined;
}

export function createAppendTimes(): AppendTimes {
  const ends = new Map<string, SeenEnd[]>();
  return {
    seen(key, end, at) {
      const known = ends.get(key) ?? [];
      const last = known.at(-1);
      if (last?.end === end) last.until = at;
      else {
        // A topic that was made anew begins again.
        const before = last && last.end > end ? [] : known;
        ends.set(key, thinned([...before, { end, from: at, until: at }]));
      }
    },
    timeOf(key, offset) {
      const known = ends.get(key) ?? [];
      const after = known.findIndex(({ end }) => end > offset);
      const [before, next] = [known[after - 1], known[after]];
      if (!before || !next) return undefined;
      const share = (offset - before.end + 0.5) / (next.end - before.end);
      return Math.round(before.until + share * (next.from - before.until));
    },
  };
}

/** The newest stay. */
function thinned(ends: SeenEnd[]): SeenEnd[] {
  return ends.length <= most ? ends : ends.filter((_, index) => (ends.length - 1 - index) % 2 === 0);
}
