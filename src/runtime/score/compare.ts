import type { Box } from "../../messages/common.ts";
import type { RiskTypeCode } from "../../messages/result.ts";
import type { Danger, TrueObject } from "../../simulator/cameras/truth.ts";
import { centreOf, contains } from "../../vision/box.ts";
import { percentiles } from "../report/percentiles.ts";

/** Everything is in the camera's own time, ms. */
export interface Watched {
  readonly cameraId: string;
  readonly dangers: readonly Danger[];
  /** When each picture was taken that the detector looked at. */
  readonly looks: readonly number[];
  /** Each verdict that raised or updated an incident. */
  readonly alerts: readonly Alert[];
  /** VLM calls by the moment of the picture they were about. */
  readonly calls: readonly { readonly seenAt: number; readonly calls: number }[];
}

export interface Alert {
  readonly incidentId: string;
  readonly kinds: readonly RiskTypeCode[];
  /** Around its group, pixels. */
  readonly bbox: Box;
  /** When the picture was taken, and when people were told. */
  readonly seenAt: number;
  readonly toldAt: number;
  /** Who is really seen in that picture; only asked for where a danger lasted. */
  readonly objects: readonly TrueObject[];
}

export interface KindScore {
  readonly dangers: number;
  /** Dangers while which at least one picture was looked at. */
  readonly lookedAt: number;
  /** Dangers that an alert told of. */
  readonly found: number;
  /** Null where there is nothing to divide by. */
  readonly recall: number | null;
  readonly recallOfLookedAt: number | null;
  readonly incidents: number;
  /** Incidents that told of a danger of their kind. */
  readonly right: number;
  readonly precision: number | null;
  /** From a danger's beginning to its first alert. */
  readonly timeToAlertMs: { readonly p50: number | null; readonly p95: number | null };
  /** VLM calls about pictures that were taken while such a danger lasted. */
  readonly calls: number;
}

/** What was told of dangers of these kinds, beside what really was. */
export function scoreOf(watched: readonly Watched[], kinds: readonly RiskTypeCode[]): KindScore {
  const delays: number[] = [];
  const all = new Set<string>();
  const right = new Set<string>();
  let [dangers, lookedAt, calls] = [0, 0, 0];
  for (const camera of watched) {
    const real = camera.dangers.filter(({ kind }) => kinds.includes(kind));
    dangers += real.length;
    for (const danger of real) {
      if (camera.looks.some((at) => isDuring(at, danger))) lookedAt++;
      const told = camera.alerts.filter((alert) => tellsOf(alert, danger)).map(({ toldAt }) => toldAt);
      if (told.length > 0) delays.push(Math.min(...told) - danger.startMs);
    }
    for (const alert of camera.alerts)
      for (const kind of alert.kinds.filter((each) => kinds.includes(each))) {
        const claim = `${kind} ${alert.incidentId}`;
        all.add(claim);
        if (real.some((danger) => danger.kind === kind && tellsOf(alert, danger))) right.add(claim);
      }
    for (const call of camera.calls)
      if (real.some((danger) => isDuring(call.seenAt, danger))) calls += call.calls;
  }
  const found = delays.length;
  const { p50, p95 } = percentiles(delays);
  return {
    ...{ dangers, lookedAt, found },
    ...{ recall: share(found, dangers), recallOfLookedAt: share(found, lookedAt) },
    ...{ incidents: all.size, right: right.size, precision: share(right.size, all.size) },
    timeToAlertMs: { p50, p95 },
    calls,
  };
}

export function isDuring(at: number, { startMs, endMs }: Danger): boolean {
  return at >= startMs && at <= endMs;
}

function tellsOf(alert: Alert, danger: Danger): boolean {
  return alert.kinds.includes(danger.kind) && isDuring(alert.seenAt, danger) && shows(alert, danger);
}

/** A danger is between two: the group's box holds the middles of two in it, of one where no other is seen. */
function shows({ bbox, objects }: Alert, { objectIds }: Danger): boolean {
  const seen = objects.filter(({ id }) => objectIds.includes(id));
  const shown = seen.filter(({ box }) => contains(bbox, centreOf(box)));
  return shown.length > 0 && shown.length >= Math.min(2, seen.length);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((1000 * part) / whole) / 1000;
}
