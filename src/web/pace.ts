import { percentiles } from "../runtime/report/percentiles.ts";
import type { PublishedState } from "./detection-result.ts";
import type { PaceFigures } from "./screen-messages.ts";

const rateMs = 10_000;
const latencyMs = 60_000;

export interface Pace {
  frame(): void;
  verdicts(state: PublishedState): void;
  /** simulated: a verdict of the last minute came from a simulated VLM. */
  figures(): PaceFigures & { simulated: boolean };
}

/**
 * How fast frames and verdicts come by, whichever process made them.
 * @param now the store's clock, epoch ms
 */
export function createPace(now: () => number): Pace {
  const startedAt = now();
  let frames: { at: number }[] = [];
  let verdicts: { at: number; endToEndMs: number; simulated: boolean }[] = [];

  return {
    frame: () => void frames.push({ at: now() }),
    verdicts({ newTaskIds = [], simulated = false, trace }) {
      const { capturedAt, aggregatedAt } = trace ?? {};
      const endToEndMs = (aggregatedAt ?? Number.NaN) - (capturedAt ?? Number.NaN);
      for (const _ of newTaskIds) verdicts.push({ at: now(), endToEndMs, simulated });
    },
    figures() {
      const since = (ms: number) => now() - ms;
      frames = frames.filter(({ at }) => at > since(rateMs));
      verdicts = verdicts.filter(({ at }) => at > since(latencyMs));
      const seconds = Math.min(rateMs, now() - startedAt) / 1000;
      const rate = (events: { at: number }[]) =>
        seconds < 1
          ? null
          : Math.round((10 * events.filter(({ at }) => at > since(rateMs)).length) / seconds) / 10;
      const { p50, p95 } = percentiles(
        verdicts.map(({ endToEndMs }) => endToEndMs).filter((ms) => Number.isFinite(ms)),
      );
      return {
        framesPerSecond: rate(frames),
        verdictsPerSecond: rate(verdicts),
        endToEndMs: { p50, p95 },
        simulated: verdicts.some((verdict) => verdict.simulated),
      };
    },
  };
}
