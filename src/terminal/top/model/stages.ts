import { type Reader, type Snapshot, staleAfterMs } from "../../../runtime/top/snapshot.ts";
import { rateOf, type Sample, withSample } from "./counter.ts";
import { whyDead } from "./roles.ts";

export interface Stage {
  name: "detections" | "tasks" | "results" | "pushes";
  /** Over the last seconds; null while it is not known. */
  perSecond: number | null;
  /** The same at each of the last looks, the newest last. */
  history: readonly (number | null)[];
  readers: readonly Reader[];
}

export interface Flow {
  stages: readonly Stage[];
  /** By topic, and by aggregator for the pushes. */
  counters: ReadonlyMap<string, readonly Sample[]>;
}

/** As many looks as the widest sparkline shows. */
export const historyLength = 120;

/**
 * Messages a second are counted where they are written, so that roles of other programs count too; pushes have no
 * topic, aggregators tell of them in their heartbeats.
 */
export function nextFlow(previous: Flow | undefined, { at, bus, store }: Snapshot): Flow {
  const isStale = ({ foundAt }: { foundAt: number }) => at - foundAt > staleAfterMs;
  const counters = new Map<string, readonly Sample[]>();
  const count = (name: string, sample: Sample) => {
    const samples = withSample(previous?.counters.get(name) ?? [], sample);
    counters.set(name, samples);
    return rateOf(samples);
  };
  const topics = (["detections", "tasks", "results"] as const).map((name) => {
    const seen = bus.found?.find(({ stage }) => stage === name);
    const perSecond = seen ? count(`topic ${seen.topic}`, { at: bus.foundAt, count: seen.written }) : null;
    return { name, perSecond: isStale(bus) ? null : perSecond, readers: seen?.readers ?? [] };
  });
  const pushes = (store.found?.beats ?? [])
    .filter(({ role, stats }) => role === "aggregator" && typeof stats.pushes === "number")
    .filter((beat) => whyDead(beat, store.found?.now ?? 0) === undefined)
    .map(({ instance, at, stats }) => count(`pushes ${instance}`, { at, count: stats.pushes as number }))
    .filter((rate) => rate !== null);
  const pushed = pushes.length === 0 ? null : pushes.reduce((sum, rate) => sum + rate, 0);
  const last = {
    name: "pushes",
    perSecond: isStale(store) ? null : pushed,
    readers: [],
  } as const;
  return {
    counters,
    stages: [...topics, last].map((stage) => {
      const before = previous?.stages.find(({ name }) => name === stage.name)?.history ?? [];
      return { ...stage, history: [...before, stage.perSecond].slice(-historyLength) };
    }),
  };
}
