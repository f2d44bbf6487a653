import type { Model } from "./model/model.ts";

/** One snapshot for programs: times as ISO 8601, durations in ms, what is not known as null. */
export function topJson({ at, bus, store, flow, endToEnd, keys, cameras, roles }: Model): object {
  const link = ({ kind, trouble }: Model["bus"]) => ({ kind, trouble: trouble ?? null });
  return {
    at: new Date(at).toISOString(),
    bus: link(bus),
    store: link(store),
    perSecond: Object.fromEntries(flow.stages.map(({ name, perSecond }) => [name, perSecond])),
    lag: flow.stages.flatMap(({ name, readers }) =>
      readers.map(({ group, lag, unreadSince }) => ({
        group,
        of: name,
        lag,
        oldestUnreadMs: unreadSince === undefined ? null : Math.max(0, at - unreadSince),
      })),
    ),
    endToEndMs: endToEnd ? { p50: endToEnd.p50Ms, p95: endToEnd.p95Ms } : null,
    keys,
    cameras,
    roles: roles.map(({ startedAt, beatAt, why, ...role }) => ({
      ...role,
      why: why ?? null,
      startedAt: new Date(startedAt).toISOString(),
      heartbeatAt: new Date(beatAt).toISOString(),
    })),
  };
}
