import { setTimeout as delay } from "node:timers/promises";
import type { Collector } from "../report/collector.ts";
import type { Load } from "./load.ts";
import { type Profile, stepMsOf } from "./profile.ts";

/** What had happened by a moment of the run. */
export interface Sample {
  /** Since the load began, ms. */
  atMs: number;
  /** Messages a second that were to be sent. */
  rate: number;
  sent: number;
  /** Tasks with a final result. */
  results: number;
  /** Verdicts that were pushed. */
  pushed: number;
  /** Tasks without a result. */
  open: number;
  lag: number;
}

/** Of a load in steps, messages a second; null where no step was watched to its end, or none was too much. */
export interface Steps {
  keptUpAt: number | null;
  brokeAt: number | null;
}

export interface WatchedRun {
  readonly samples: readonly Sample[];
  /** Resolves when a step was too much; for other profiles never. */
  readonly broke: Promise<void>;
  steps(): Steps;
  /** Takes a last sample. */
  stop(): Promise<void>;
}

const everyMs = 1_000;
/** Of what is due in a step's second half as much must be sent, and of the tasks that it makes be pushed, in that time. */
const keepingUp = 0.9;

/** Takes a sample every second, and ends a load in steps that the system no longer keeps up with. */
export function watchRun(
  { profile, progress }: { profile: Profile; progress(sample: Sample): void },
  { load, collector }: { load: Load; collector: Collector },
): WatchedRun {
  const samples: Sample[] = [];
  const ended = new AbortController();
  const startedAt = performance.now();
  const steps: Steps = { keptUpAt: null, brokeAt: null };
  let breaks = () => {};
  const broke = new Promise<void>((resolve) => {
    breaks = resolve;
  });

  function sample(): void {
    const { seen } = collector;
    const atMs = performance.now() - startedAt;
    const { sent, expected, pushed } = counts();
    const results = seen.results.size;
    const open = Math.max(0, expected - results);
    const one = { atMs, rate: load.rate(), sent, results, pushed, open, lag: collector.lag().final };
    samples.push(one);
    progress(one);
  }

  const counts = () => ({
    sent: load.frames.size,
    expected: load.expected(collector.seen),
    pushed: collector.seen.pushed.size,
  });

  async function watchStep(): Promise<void> {
    const halfMs = stepMsOf(profile) / 2;
    for (;;) {
      await delay(halfMs, undefined, { signal: ended.signal });
      const before = counts();
      const rate = load.rate();
      if (rate === 0) return;
      await delay(halfMs, undefined, { signal: ended.signal });
      const now = counts();
      const isSent = now.sent - before.sent + 1 >= keepingUp * rate * (halfMs / 1000);
      const isPushed = now.pushed - before.pushed >= keepingUp * (now.expected - before.expected);
      if (isSent && isPushed) {
        steps.keptUpAt = rate;
        continue;
      }
      steps.brokeAt = rate;
      return breaks();
    }
  }

  const sampling = (async () => {
    while (!ended.signal.aborted) {
      await delay(everyMs, undefined, { signal: ended.signal }).catch(() => {});
      if (!ended.signal.aborted) sample();
    }
  })();
  const watching = profile.name === "step" ? watchStep().catch(() => {}) : undefined;

  return {
    samples,
    broke,
    steps: () => steps,
    async stop() {
      if (ended.signal.aborted) return;
      ended.abort();
      await Promise.all([sampling, watching]);
      // Of too short a time there is no rate to tell.
      if (performance.now() - startedAt - (samples.at(-1)?.atMs ?? 0) < everyMs / 2) samples.pop();
      sample();
    },
  };
}
