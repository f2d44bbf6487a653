import type { RiskTypeCode } from "../../messages/result.ts";
import type { Danger } from "../../simulator/cameras/truth.ts";
import { percentiles } from "../report/percentiles.ts";

/** Everything is in the camera's own time, ms. */
export interface Watched {
  readonly cameraId: string;
  readonly dangers: readonly Danger[];
  /** Each verdict that raised or updated an incident. */
  readonly alerts: readonly Alert[];
  /** VLM calls by the moment of the frame they were about. */
  readonly calls: readonly { readonly seenAt: number; readonly calls: number }[];
}

export interface Alert {
  readonly incidentId: string;
  readonly kinds: readonly RiskTypeCode[];
  /** When the frame was taken, and when people were told. */
  readonly seenAt: number;
  readonly toldAt: number;
}

export interface KindScore {
  readonly dangers: number;
  /** Dangers that an alert of their kind told of while they lasted. */
  readonly found: number;
  /** Null where there is nothing to divide by. */
  readonly recall: number | null;
  readonly incidents: number;
  /** Incidents that told of a danger of their kind. */
  readonly right: number;
  readonly precision: number | null;
  /** From a danger's beginning to its first alert. */
  readonly timeToAlertMs: { readonly p50: number | null; readonly p95: number | null };
  /** VLM calls about frames that were taken while such a danger lasted. */
  readonly calls: number;
}

/** A frame is drawn for a moment shortly before it counts as taken. */
const toleranceMs = 500;

/** What was told of dangers of these kinds, beside what really was. */
export function scoreOf(watched: readonly Watched[], kinds: readonly RiskTypeCode[]): KindScore {
  const delays: number[] = [];
  const all = new Set<string>();
  const right = new Set<string>();
  let [dangers, calls] = [0, 0];
  for (const kind of kinds)
    for (const camera of watched) {
      const real = camera.dangers.filter((danger) => danger.kind === kind);
      const alerts = camera.alerts.filter((alert) => alert.kinds.includes(kind));
      const isDuring = (seenAt: number, { startMs, endMs }: Danger) =>
        seenAt >= startMs && seenAt <= endMs + toleranceMs;
      dangers += real.length;
      for (const danger of real) {
        const told = alerts.filter(({ seenAt }) => isDuring(seenAt, danger)).map(({ toldAt }) => toldAt);
        if (told.length > 0) delays.push(Math.min(...told) - danger.startMs);
      }
      for (const { incidentId, seenAt } of alerts) {
        all.add(`${kind} ${incidentId}`);
        if (real.some((danger) => isDuring(seenAt, danger))) right.add(`${kind} ${incidentId}`);
      }
      for (const call of camera.calls)
        if (real.some((danger) => isDuring(call.seenAt, danger))) calls += call.calls;
    }
  const { p50, p95 } = percentiles(delays);
  return {
    ...{ dangers, found: delays.length, recall: share(delays.length, dangers) },
    ...{ incidents: all.size, right: right.size, precision: share(right.size, all.size) },
    timeToAlertMs: { p50, p95 },
    calls,
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((1000 * part) / whole) / 1000;
}
