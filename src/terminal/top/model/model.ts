import { type KeyUse, keysTogether } from "../../../runtime/key-use.ts";
import { type Seen, type Snapshot, staleAfterMs } from "../../../runtime/top/snapshot.ts";
import { type CameraRow, camerasOf } from "./cameras.ts";
import { nextRoles, type RoleRow } from "./roles.ts";
import { type Flow, nextFlow } from "./stages.ts";

/** Everything the dashboard shows, worked out; `nextModel` makes it from the one before and a snapshot. */
export interface Model {
  /** Epoch ms of this machine. */
  at: number;
  bus: Link;
  store: Link;
  flow: Flow;
  /** Of the last minute; with several aggregators the slowest. */
  endToEnd: { p50Ms: number; p95Ms: number } | null;
  keys: readonly KeyUse[];
  cameras: readonly CameraRow[];
  roles: readonly RoleRow[];
}

export interface Link {
  kind: string;
  trouble: string | undefined;
  foundAt: number;
  /** When it last came back after having been away. */
  backAt: number;
}

export function nextModel(previous: Model | undefined, snapshot: Snapshot): Model {
  const { at, bus, store } = snapshot;
  const flow = nextFlow(previous?.flow, snapshot);
  const links = { bus: nextLink(previous?.bus, bus), store: nextLink(previous?.store, store) };
  // With the store away, what it said last stays as it was.
  if (!store.found || (previous && store.foundAt === previous.store.foundAt)) {
    const { endToEnd = null, keys = [], cameras = [], roles = [] } = previous ?? {};
    return { at, ...links, flow, endToEnd, keys, cameras, roles };
  }
  const roles = nextRoles(previous?.roles ?? [], store.found, links.store);
  const isUp = (role: string, instance: string) =>
    roles.some((row) => row.role === role && row.instance === instance && row.state === "up");
  const alive = store.found.beats.filter((beat) => isUp(beat.role, beat.instance));
  const statsOf = (role: string) => alive.filter((beat) => beat.role === role).map(({ stats }) => stats);
  return {
    at,
    ...links,
    flow,
    endToEnd: endToEndOf(statsOf("aggregator")),
    keys: keysTogether(statsOf("scheduler")),
    cameras: camerasOf(store.found),
    roles,
  };
}

function nextLink(previous: Link | undefined, { kind, trouble, foundAt }: Seen<unknown>): Link {
  const wasAway = previous !== undefined && foundAt - previous.foundAt > staleAfterMs;
  return { kind, trouble, foundAt, backAt: wasAway ? foundAt : (previous?.backAt ?? 0) };
}

function endToEndOf(stats: readonly Record<string, unknown>[]): Model["endToEnd"] {
  const figures = stats.flatMap(({ endToEndMs }) => {
    const { p50, p95 } = (endToEndMs ?? {}) as { p50?: number | null; p95?: number | null };
    return typeof p50 === "number" && typeof p95 === "number" ? [{ p50Ms: p50, p95Ms: p95 }] : [];
  });
  return figures.toSorted((a, b) => b.p95Ms - a.p95Ms)[0] ?? null;
}
