import type { CameraStatus } from "../../../src/messages/camera-status.ts";
import type { SeenBeat, Snapshot, StageSeen } from "../../../src/runtime/top/snapshot.ts";
import { type Model, nextModel } from "../../../src/terminal/top/model/model.ts";

export const start = Date.parse("2026-11-24T08:00:00Z");

export function beat(changes: Partial<SeenBeat> = {}): SeenBeat {
  const url = "http://127.0.0.1:7700";
  const own = { role: "generator", instance: "edge-1", pid: 4711, startedAt: start - 60_000 } as const;
  return { ...own, url, stats: {}, at: start, gone: false, ...changes };
}

export function key(id: string, changes: object = {}) {
  const figures = { inFlight: 2, calls: 100, failures: 1, throttled: 0, costYuan: 1.234 };
  const latencyMs = { p50: 910, p95: 1900 };
  const group = "main/qwen3-vl-plus";
  return {
    id,
    key: "sk-…ab",
    account: "main",
    group,
    model: "qwen3-vl-plus",
    ...healthy,
    ...figures,
    latencyMs,
    ...changes,
  };
}
const healthy = { state: "healthy", reason: null, usableAt: null };

export const group = {
  id: "main/qwen3-vl-plus",
  requests: { usedMinute: 212, limitMinute: 300 },
  tokens: { usedMinute: 81_234, limitMinute: 200_000 },
};

export function camera(cameraId: string, changes: Partial<CameraStatus> = {}): CameraStatus {
  return {
    cameraId,
    state: "live",
    since: new Date(start - 90_000).toISOString(),
    lastFrameAt: new Date(start - 300).toISOString(),
    url: "rtsp://10.0.0.1/main",
    source: "live",
    intervalMs: 1800,
    instance: "edge-1",
    ...changes,
  };
}

export interface Sample {
  at?: number;
  beats?: SeenBeat[];
  cameras?: CameraStatus[];
  written?: number;
  lag?: number;
  busTrouble?: string;
  storeTrouble?: string;
}

/** A snapshot in which both were asked just now; in trouble their last answer is of a minute ago. */
export function snapshot(sample: Sample = {}): Snapshot {
  const { at = start, beats = [], cameras = [], written = 0, lag = 0, busTrouble, storeTrouble } = sample;
  const readers = (...groups: string[]) =>
    groups.map((of) => ({ group: of, lag, unreadSince: lag > 0 ? at - 1200 : undefined }));
  const stages: StageSeen[] = [
    {
      stage: "detections",
      topic: "detection-results",
      written,
      readers: readers("tmon-generator", "tmon-aggregator"),
    },
    { stage: "tasks", topic: "assessment-tasks", written, readers: readers("tmon-scheduler") },
    { stage: "results", topic: "risk-assessment-results", written, readers: readers("tmon-aggregator") },
  ];
  return {
    at,
    bus: { kind: "embedded", found: stages, foundAt: busTrouble ? start : at, trouble: busTrouble },
    store: {
      kind: "embedded",
      found: { now: storeTrouble ? start : at, beats, cameras },
      foundAt: storeTrouble ? start : at,
      trouble: storeTrouble,
    },
  };
}

/** What the dashboard makes of them, one after the other. */
export function modelOf(...samples: Sample[]): Model {
  return samples.reduce<Model | undefined>((model, sample) => nextModel(model, snapshot(sample)), undefined)!;
}

/** Fifty cameras, ten keys, four roles: what the dashboard is made for. */
export const busy: Sample = {
  lag: 12,
  beats: [
    beat({ role: "detector" }),
    beat(),
    beat({
      role: "scheduler",
      stats: {
        keys: Array.from({ length: 10 }, (_, index) =>
          key(`key_${index + 1}`, index === 6 ? { state: "disabled", reason: "the account is unpaid" } : {}),
        ),
        groups: [group],
      },
    }),
    beat({ role: "aggregator", stats: { pushes: 100, endToEndMs: { p50: 1234, p95: 1876 } } }),
  ],
  cameras: Array.from({ length: 50 }, (_, index) =>
    camera(
      `junction-${index + 1}`,
      index === 3 ? { state: "failed", reason: "wrong user name or password" } : {},
    ),
  ),
};
