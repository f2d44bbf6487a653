import { groupBy } from "../../src/bus/kafka/group-by.ts";
import type { Fault } from "./world.ts";

/** A task's first result on the topic, epoch ms by the broker's clock. */
export interface Arrival {
  at: number;
  partition: number;
}

export interface Gap {
  what: string;
  /** The longest time without a result that ended after this fault and before the next. */
  worstGapMs: number;
}

/** How long nothing came, though there was work all the time. */
export function gaps(
  arrivals: readonly Arrival[],
  { faults, until }: { faults: readonly Fault[]; until: number },
): { worstGapMs: number; worstPartitionGapMs: number; faults: Gap[] } {
  const times = arrivals.map(({ at }) => at).sort((a, b) => a - b);
  const byPartition = groupBy(arrivals, ({ partition }) => partition);
  const ofPartitions = [...byPartition.values()].map((some) =>
    longest(some.map(({ at }) => at).sort((a, b) => a - b)),
  );
  return {
    worstGapMs: longest(times),
    worstPartitionGapMs: Math.max(...ofPartitions),
    faults: faults.map(({ at, what }, index) => {
      const end = faults[index + 1]?.at ?? until;
      const last = times.findLast((time) => time <= at) ?? at;
      return { what, worstGapMs: longest([last, ...times.filter((time) => time > at && time <= end)]) };
    }),
  };
}

function longest(times: readonly number[]): number {
  return Math.max(0, ...times.slice(1).map((time, index) => time - times[index]!));
}
